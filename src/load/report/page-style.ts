import { plotStyle } from "./plots/style.ts";

/** The style of a page, with that of its plots. Colours of verdicts never stand without the word. */
export const pageStyle = `${plotStyle}
:root{color-scheme:light dark;--bad:#a3152b;--unsure:#7a5200;--good:#1b6b38;--mind:#fff6df}
@media screen and (prefers-color-scheme:dark){:root{--bad:#ff8f9c;--unsure:#f0c05a;--good:#7ed69b;--mind:#2c2615}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,"Segoe UI",Roboto,"Helvetica Neue","DejaVu Sans",sans-serif}
main{max-width:54rem;margin:0 auto;padding:1.5rem 1rem 3rem}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 1rem;overflow-wrap:anywhere}
h2{font-size:1.15rem;margin:2rem 0 .25rem}
p{margin:.25rem 0 .75rem;max-width:46rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:0;font-size:.9rem}
dt,section>p{color:var(--quiet)}
dd{margin:0;overflow-wrap:anywhere}
aside{background:var(--mind);border-left:.3rem solid var(--unsure);padding:.75rem 1rem;margin:1.5rem 0}
aside h2{margin:0}
aside ul{margin:.25rem 0 0;padding-left:1.2rem;overflow-wrap:anywhere}
figure{margin:2rem 0}
svg{display:block;width:100%;height:auto}
.narrow{display:none}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;min-width:36rem;font-size:.9rem;font-variant-numeric:tabular-nums}
th,td{padding:.3rem .75rem .3rem 0;text-align:left;vertical-align:top}
thead th{color:var(--quiet);font-weight:500;white-space:nowrap}
tbody{border-top:1px solid var(--rule)}
tbody th{font-weight:600}
.right{text-align:right;white-space:nowrap}
.left{overflow-wrap:anywhere;min-width:5.5rem}
th:last-child,td:last-child{padding-right:0}
.note td{padding-top:0}
.note div{position:sticky;left:0;width:fit-content;max-width:min(52rem,calc(100vw - 2rem));overflow-wrap:anywhere}
.bad .note{color:var(--bad)}
.unsure .note{color:var(--unsure)}
.bad th{color:var(--bad)}
.unsure th{color:var(--unsure)}
.good th{color:var(--good)}
@media (max-width:40rem){.wide{display:none}.narrow{display:block}}
@media print{table{min-width:0}main{max-width:none;padding:0}.wide{display:block}.narrow{display:none}figure,section,aside{break-inside:avoid}.scroll{overflow:visible}}
`;
