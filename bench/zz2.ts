import { JsonSkip } from "../src/policy/guard/json-skip.ts";
import { TextCheck } from "../src/policy/guard/text-check.ts";
const record = '{"id":7,"name":"Deco Addict","email":"deco@example.com","tags":[[6,false,[1,2,3]]],"note":"a\\nb"},';
const b = Buffer.from(`${record.repeat(20)}1]`);
const t=(n: string,f:()=>unknown)=>{let m=1e9; for (let j=0;j<25;j++){const s=process.hrtime.bigint(); for (let i=0;i<10000;i++) f(); m=Math.min(m, Number(process.hrtime.bigint()-s)/1e7);} console.log(n, m.toFixed(2),"µs");};
t("skip",()=>{const s=new JsonSkip(512); s.begin(1); return s.read(b,0,b.length);});
t("text",()=>{const s=new TextCheck(); return s.read(b,0,b.length);});
