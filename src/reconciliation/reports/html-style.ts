/** How a report looks. Sizes follow the reader's own; colours have a contrast of at least 4.5 to 1 in both schemes. */
export const style = `
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --line: #d0d7de; --paper: #fff; --band: #f6f8fa; --alarm: #a40e26; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --soft: #9da7b3; --line: #3d444d; --paper: #0d1117; --band: #161b22; --alarm: #ff8f87; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1.5rem; color: var(--ink); background: var(--paper);
  font: 1rem/1.5 system-ui, sans-serif; }
h1 { margin: 0 0 .5rem; font-size: 1.75rem; line-height: 1.2; }
h2 { margin: 0; font-size: 1.2rem; }
header { padding-bottom: 1rem; border-bottom: 2px solid var(--ink); }
dl { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; margin: 0; }
dl div { display: flex; gap: .4rem; }
dt, section p { color: var(--soft); }
dd { margin: 0; font-weight: 600; overflow-wrap: anywhere; }
section { margin-top: 2rem; }
section p { margin: .2rem 0 .6rem; max-width: 60rem; }
table { width: 100%; border-collapse: collapse; font-size: .925rem; }
th, td { padding: .35rem .6rem; text-align: left; vertical-align: baseline; border-bottom: 1px solid var(--line); }
th { font-weight: 600; border-bottom: 2px solid var(--line); background: var(--band); }
.long { overflow-wrap: anywhere; }
.date { white-space: nowrap; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
section .alarm { color: var(--alarm); font-weight: 600; border-left: .25rem solid; padding-left: .6rem; }
.zero { color: var(--soft); }
@media screen and (max-width: 50rem) {
  body { padding: 1rem; }
  table, tbody, tr, td { display: block; width: 100%; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tr { margin-bottom: .75rem; border: 1px solid var(--line); border-radius: .4rem; }
  td { display: flex; justify-content: space-between; gap: 1rem; text-align: right; overflow-wrap: anywhere; }
  td:first-child { font-weight: 600; background: var(--band); }
  td { padding: .25rem .6rem; }
  td:last-child { border-bottom: 0; }
  td:empty { display: none; }
  td::before { content: attr(data-label); color: var(--soft); text-align: left; white-space: normal;
    flex: none; max-width: 45%; overflow-wrap: normal; }
}
@media print {
  :root { --ink: #000; --soft: #333; --line: #999; --paper: #fff; --band: #eee; --alarm: #000; font-size: 9pt; }
  @page { margin: 15mm; }
  body { max-width: none; padding: 0; }
  section { margin-top: 1.5rem; }
  th, td { padding: .2rem .4rem; }
  thead { display: table-header-group; }
  tr { break-inside: avoid; }
  h2, section p { break-after: avoid; }
}
`;
