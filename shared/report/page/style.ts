// The style of the HTML report: light on paper, light or dark on a screen as the reader's system has it. Colours come
// from the app's palette. No script, no fetched font, no picture.
import { backendIds } from '../../domain/backend.ts'
import { backendColour, type ColourScheme, tones } from '../palette.ts'

function variables(scheme: ColourScheme): string {
  const neutral = Object.entries(tones[scheme]).map(([name, colour]) => `--${name}:${colour}`)
  return [...neutral, ...backendIds.map((id) => `--b-${id}:${backendColour(id, scheme)}`)].join(';')
}

const backendClasses = backendIds.map((id) => `.b-${id}{--c:var(--b-${id})}`).join('\n')

export const style = `
:root{color-scheme:light;${variables('light')}}
@media screen and (prefers-color-scheme:dark){:root{color-scheme:dark;${variables('dark')}}}
${backendClasses}
*{box-sizing:border-box;margin:0;padding:0}
body{background:var(--ground);color:var(--ink);font:400 13px/1.45 Inter,system-ui,-apple-system,"Segoe UI","Liberation Sans",sans-serif;font-variant-numeric:tabular-nums;max-width:1081px;margin:0 auto;padding:32px 24px 48px}
header{display:flex;justify-content:space-between;gap:24px;align-items:baseline;padding-bottom:12px;border-bottom:1px solid var(--line-strong)}
h1{font-size:20px;font-weight:600;letter-spacing:-.015em}
h2{font-size:15px;font-weight:600;margin:32px 0 10px}
h2 small{font-size:12px;font-weight:400;color:var(--ink-2)}
.when{color:var(--ink-2);font-size:12px;text-align:right}
.banner{margin-top:12px;padding:9px 12px;border-left:2px solid var(--warn);background:var(--raised)}
.answer{display:flex;gap:10px;align-items:flex-start;margin:20px 0 14px}
.gain{flex:none;width:202px}
.gain b{font-size:48px;font-weight:500;line-height:1;letter-spacing:-.035em}
.gain small{font-size:20px;color:var(--ink-2)}
.gain p{font-size:11.5px;color:var(--ink-2);margin-top:6px}
.gain .none{font-size:20px;font-weight:500;letter-spacing:0;line-height:1.25}
.say{font-size:15px}.say b{font-weight:600}.say p+p{color:var(--ink-2);margin-top:4px}
.badges{display:flex;flex-wrap:wrap;gap:6px;margin-top:8px}
.badge{border:1px solid var(--warn);color:var(--warn);border-radius:3px;padding:1px 6px;font-size:10.5px}
.badge.plain{border-color:var(--line-strong);color:var(--ink-2)}
table{border-collapse:collapse;width:100%}
.rows{table-layout:fixed}.rows .who{width:210px}.rows .speedup{width:262px}.rows .latency{width:116px}.rows .n{width:53px}.rows .rate{width:60px}.rows .memory{width:106px}.rows .accuracy{width:52px}
.rows th,.rows td{overflow:visible}.rows .proof,.rows th .sub{margin-left:20px}.rows .name{white-space:normal;line-height:1.2}
th,td{text-align:left;font-weight:400;padding:0 10px 0 0;vertical-align:middle;white-space:nowrap}
thead th{font-size:11.5px;font-weight:600;padding-bottom:6px;vertical-align:bottom;white-space:normal;line-height:1.25}
thead th{padding-right:8px}thead th small{display:block;font-weight:400;font-size:10.5px;color:var(--ink-3)}
tbody tr{border-top:1px solid var(--line);height:34px;break-inside:avoid}
tfoot td{font-size:10.5px;color:var(--ink-3);vertical-align:top}
.r{text-align:right}
.name{font-weight:500}.name .precision{color:var(--ink-2);font-weight:400}
.name .proof{display:block;font-size:10.5px;color:var(--ink-3);font-weight:400;line-height:1.2}
.key{vertical-align:-2px;margin-right:6px}
.pass{color:var(--pass)}.warn{color:var(--warn)}.fail{color:var(--fail)}.quiet{color:var(--ink-3)}
td .sub,th .sub{font-size:10.5px;color:var(--ink-3);line-height:1.2;display:block;white-space:nowrap}
.reasons{margin-top:10px;font-size:12px;color:var(--ink-2);list-style:none}
.reasons li{padding:2px 0}.reasons b{font-weight:500;color:var(--ink)}
.figures td,.figures th{padding-right:14px;font-size:11.5px;white-space:normal}.figures tbody tr{height:auto}.figures .tight{white-space:nowrap}.figures .case{min-width:140px}.figures .told{min-width:170px}.figures td,.figures tbody th{padding-top:4px;padding-bottom:4px}
.facts{columns:2;column-gap:40px;font-size:12px}
.facts div{display:flex;justify-content:space-between;gap:16px;padding:3px 0;border-bottom:1px solid var(--line);break-inside:avoid}
.facts dt{color:var(--ink-3);white-space:nowrap}.facts dd{text-align:right;overflow-wrap:anywhere}
pre{font:11px/1.5 "JetBrains Mono",ui-monospace,"Liberation Mono",monospace;background:var(--raised);padding:10px 12px;white-space:pre-wrap;overflow-wrap:anywhere}
footer{margin-top:32px;padding-top:10px;border-top:1px solid var(--line);font-size:11.5px;color:var(--ink-3)}
section{break-inside:auto}h2{break-after:avoid}.answer,.chart{break-inside:avoid}
svg{display:block;overflow:visible}svg.key{display:inline-block}
svg text{font-size:10.5px;fill:var(--ink-2)}
svg .ink{fill:var(--ink)}svg .note{fill:var(--ink-3)}svg .fail{fill:var(--fail)}svg .large{font-size:12.5px;font-weight:500}
.halo{paint-order:stroke;stroke:var(--ground);stroke-width:3px;stroke-linejoin:round}
.axis{stroke:var(--line-strong)}.grid{stroke:var(--line)}.one{stroke:var(--ink-3);stroke-dasharray:2 3}
.interval{stroke:var(--ink);stroke-width:1.25;fill:none}.tail{stroke:var(--ink-3)}.tick{stroke:var(--ink-2);stroke-width:1.5}
.bar{fill:var(--c)}.bar.faint{fill-opacity:.55}.bar.pale{fill-opacity:.42;stroke:var(--c)}.bar.dashed{fill-opacity:.12;stroke:var(--c);stroke-dasharray:3 2}
.outline{fill:none;stroke:var(--line-strong);stroke-dasharray:2 2}
.mark{fill:var(--c);stroke:var(--c);stroke-width:1.5}.mark.hollow{fill:var(--ground)}.mark.dashed{stroke-dasharray:2 1.5}.mark .half{fill:var(--c)}
.margin-band{fill:var(--line)}svg.clipped{overflow:hidden}.narrowing{fill:var(--c);fill-opacity:.22}
.narrowings{display:flex;flex-wrap:wrap;gap:14px 26px;list-style:none}.narrowings li{width:240px;display:flex;flex-direction:column;break-inside:avoid}.narrowings svg:not(.key){margin-top:auto}.narrowings b{font-weight:500}.narrowings p{font-size:12px;color:var(--ink-2)}
.roof{fill:none;stroke:var(--ink-2);stroke-width:1.5}.thread{stroke:var(--line-strong);fill:none}
.how,.beside h2{break-after:avoid}.how{break-inside:avoid}.beside .figures{break-inside:avoid}
.how{font-size:12px;color:var(--ink-2);max-width:900px;margin-bottom:10px}
figure{margin:0 0 14px}figcaption,caption{font-size:12px;font-weight:600;text-align:left;padding:6px 0}
.beside .figures{width:auto;margin-bottom:10px}.beside .figures thead small,.beside .figures tbody th,.beside .figures td{white-space:nowrap}
.layers .tables{columns:2;column-gap:32px}.layers .figures{break-inside:avoid;width:100%}.layers .wide{column-span:all;width:auto}.layers tbody .long{max-width:180px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.drawn svg{display:inline-block;vertical-align:-1px}.drawn span{display:inline-block;min-width:58px}
.line{fill:none;stroke:var(--c);stroke-width:1.5}.line.dashed{stroke-dasharray:4 3}
@page{size:A4 landscape;margin:12mm}
@media print{body{max-width:none;padding:0;font-size:12px}.bar,.mark,.banner,pre{print-color-adjust:exact;-webkit-print-color-adjust:exact}.group,section:has(.facts){break-inside:avoid}}
`
