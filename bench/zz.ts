import { JsonReader } from "../src/policy/guard/json.ts";
import { XmlReader } from "../src/policy/guard/xml.ts";
import { BodyGuard } from "../src/policy/guard/body-guard.ts";
import { findDoor } from "../src/policy/doors.ts";
const bound = { database: "acme.example", formerDatabases: [], odooMajor: 17, doorKeys: [], exempt: [] };
const facts = { bound, door: findDoor("/jsonrpc",17), method:"POST", judgedPath:"/jsonrpc", contentType:"application/json" };
const record = '{"id":7,"name":"Deco Addict","email":"deco@example.com","tags":[[6,false,[1,2,3]]],"note":"a\\nb"},';
const b = Buffer.from(`{"jsonrpc":"2.0","params":{"service":"object","method":"execute_kw","args":["acme.example",2,"x",${record.repeat(20)}1]},"id":1}`);
console.log(b.length);
const tiny = Buffer.from("{}");
for (const [n, f] of Object.entries({
 json: (x: Buffer) => { const r = new JsonReader(facts); r.feed(x,0,x.length); return r.end(); },
 xml: (x: Buffer) => { const r = new XmlReader(facts); r.feed(x,0,x.length); return r.end(); },
 guard: (x: Buffer) => { const r = new BodyGuard(facts); r.feed(x,0,x.length); return r.end(); },
})) for (const x of [tiny, b]) for (let k=0;k<1;k++) { let m=1e9; for (let j=0;j<25;j++){const s=process.hrtime.bigint(); for (let i=0;i<10000;i++) f(x); m=Math.min(m, Number(process.hrtime.bigint()-s)/1e7);} console.log(n, x.length, m.toFixed(2),"µs"); }
