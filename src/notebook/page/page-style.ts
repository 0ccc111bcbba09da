/** How pages look: on narrow and wide screens, light and dark, as slides, on paper. */
export const pageStyle = `
:root{color-scheme:light dark;
--paper:light-dark(#ffffff,#14171c);--ink:light-dark(#1c2128,#dfe4ea);--soft:light-dark(#57606a,#9aa6b2);
--rule:light-dark(#d8dee4,#333b45);--box:light-dark(#f5f7f9,#1c2128);--link:light-dark(#0a58ca,#7db4ff);
--mark:light-dark(#0a58ca,#4c8df0);--error:light-dark(#fff0ee,#3a1d1c);--error-rule:light-dark(#c4321c,#ff8170);
--keyword:light-dark(#9a1f6a,#f08bc4);--string:light-dark(#1d6a34,#8fd6a0);--number:light-dark(#8a4a00,#f0b274);
--name:light-dark(#0b5394,#82baf5);--type:light-dark(#5b3fa8,#bda6f5);--comment:light-dark(#5d6670,#98a3ae);
--sans:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",Arial,sans-serif;
--mono:ui-monospace,SFMono-Regular,"Cascadia Code",Menlo,Consolas,"DejaVu Sans Mono","Liberation Mono",monospace}
:root[data-theme=light]{color-scheme:light}
:root[data-theme=dark]{color-scheme:dark}
*{box-sizing:border-box}
html{background:var(--paper);color:var(--ink);font:1.0625rem/1.6 var(--sans);-webkit-text-size-adjust:100%;scroll-padding-top:4rem}
body{margin:0;overflow-wrap:break-word}
a{color:var(--link);text-underline-offset:.15em}
:focus-visible{outline:3px solid var(--mark);outline-offset:2px;border-radius:3px}
.skip{position:absolute;left:-100rem;top:0;z-index:9;padding:.6rem 1rem;background:var(--paper)}
.skip:focus{left:0}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.bar{position:sticky;top:0;z-index:5;display:flex;gap:.5rem;align-items:center;min-height:3rem;padding:.35rem 1rem;background:var(--paper);border-bottom:1px solid var(--rule)}
.bar .name{flex:1;min-width:0;font-weight:600;font-size:.95rem;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.bar button{font:inherit;font-size:.875rem;line-height:1.2;color:var(--ink);background:var(--box);border:1px solid var(--rule);border-radius:6px;padding:.4rem .7rem;min-height:2rem;cursor:pointer;white-space:nowrap}
.bar button:hover{border-color:var(--mark)}
.bar .steps{display:none;align-items:center;gap:.4rem}
.bar .count{font-size:.875rem;color:var(--soft);font-variant-numeric:tabular-nums;min-width:3.5rem;text-align:center}
.frame{max-width:56rem;margin:0 auto;padding:0 1rem 5rem}
.contents{margin:1rem 0;font-size:.9375rem;border:1px solid var(--rule);border-radius:8px;padding:.2rem .9rem}
.contents summary{cursor:pointer;font-weight:600;padding:.35rem 0}
.contents ol{list-style:none;margin:0 0 .6rem;padding:0}
.contents li{margin:.1rem 0}
.contents li.deep{padding-left:1.1rem}
.contents li.deeper{padding-left:2.2rem}
.contents a{display:inline-block;padding:.15rem 0;text-decoration:none}
.contents a:hover{text-decoration:underline}
@media (min-width:80rem){
.frame.beside{max-width:80rem;display:grid;grid-template-columns:16rem minmax(0,56rem);gap:3rem;justify-content:center}
.beside .contents{position:sticky;top:4rem;align-self:start;max-height:calc(100vh - 6rem);overflow-y:auto;border:0;border-right:1px solid var(--rule);border-radius:0;padding:.2rem .9rem .2rem .2rem;margin-top:1.5rem}
}
.slide{padding:1.2rem 0;border-top:1px solid transparent}
.slide+.slide{border-top-color:var(--rule)}
.cell{margin:1rem 0}
h1,h2,h3,h4,h5,h6{line-height:1.25;margin:1.6em 0 .6em;text-wrap:balance}
.slide>.cell:first-child>:is(h1,h2,h3):first-child{margin-top:.4em}
h1{font-size:1.9em}h2{font-size:1.5em}h3{font-size:1.2em}h4,h5,h6{font-size:1em}
p,ul,ol,blockquote,dl{margin:.7em 0}
ul,ol{padding-left:1.6em}
li>p{margin:.3em 0}
blockquote{margin-inline:0;padding:.1em 1em;border-left:4px solid var(--rule);color:var(--soft)}
hr{border:0;border-top:1px solid var(--rule);margin:2em 0}
img,video,svg{max-width:100%}
.cell img,.cell video{height:auto}
:is(.text,.rich,.outputs) img{background:light-dark(transparent,#fff);border-radius:3px}
code,pre,kbd,samp{font-family:var(--mono);font-size:.9em}
:not(pre)>code{background:var(--box);border:1px solid var(--rule);border-radius:4px;padding:.05em .3em;color:var(--ink)}
pre{margin:.6em 0;padding:.75rem 1rem;overflow-x:auto;line-height:1.5;tab-size:4;border-radius:6px}
pre code{font-size:1em}
pre.code{background:var(--box);border:1px solid var(--rule);color:var(--ink)}
.source>pre.code{border-left:4px solid var(--mark)}
.source .room{min-height:4.5rem}
.outputs{margin-top:.4rem;padding-left:4px}
.outputs>*{margin:.35rem 0}
.outputs pre{padding:.4rem 1rem}
.outputs pre.error,.outputs pre.stderr{background:var(--error);border-left:4px solid var(--error-rule)}
.outputs>img{display:block}
.outputs .rich{padding:.2rem 1rem;overflow-x:auto}
.dynamic{width:100%;height:20rem;border:1px solid var(--rule);border-radius:6px;background:#fff}
.bad-math{outline:2px solid var(--error-rule)}
.math{overflow-x:auto;overflow-y:hidden;padding:.2rem 0}
.wide{overflow-x:auto;margin:.8em 0}
table{border-collapse:collapse;font-size:.9375em;border:0}
th,td{padding:.35em .7em;border:0;border-bottom:1px solid var(--rule);text-align:left;vertical-align:top}
.outputs :is(th,td){text-align:right;font-variant-numeric:tabular-nums;padding:.25em .7em}
thead th{border-bottom-width:2px}
.cell.notes{color-scheme:light}
.cell.notes>div{border-radius:6px;padding:.3rem 1rem}
.cell.notes a{color:#0a3f96}
.cell.private{border-left:4px solid #e0a800;padding-left:.9rem}
.cell.private::before{content:attr(data-label);display:block;font-size:.8rem;font-weight:600;color:var(--soft)}
.hljs-keyword,.hljs-literal,.hljs-operator.hljs-keyword,.hljs-selector-tag,.hljs-section{color:var(--keyword)}
.hljs-string,.hljs-regexp,.hljs-char.escape_,.hljs-addition{color:var(--string)}
.hljs-number,.hljs-symbol,.hljs-bullet,.hljs-attr,.hljs-attribute{color:var(--number)}
.hljs-title,.hljs-title.function_,.hljs-name,.hljs-tag{color:var(--name)}
.hljs-built_in,.hljs-type,.hljs-title.class_,.hljs-meta,.hljs-variable.language_{color:var(--type)}
.hljs-comment,.hljs-quote{color:var(--comment);font-style:italic}
.hljs-deletion{color:var(--error-rule)}
.hljs-emphasis{font-style:italic}.hljs-strong{font-weight:700}
.ansi-bold{font-weight:700}.ansi-italic{font-style:italic}.ansi-underline{text-decoration:underline}
.ink-0{color:light-dark(#1c2128,#b6c0ca)}.ink-1,.ink-9{color:light-dark(#a8230f,#ff9385)}.ink-2,.ink-10{color:light-dark(#1d6a34,#8fd6a0)}
.ink-3,.ink-11{color:light-dark(#755000,#ecc565)}.ink-4,.ink-12{color:light-dark(#0b4aa0,#8bbcff)}.ink-5,.ink-13{color:light-dark(#8b1f76,#f29bdc)}
.ink-6,.ink-14{color:light-dark(#0b5f6b,#7fd4df)}.ink-7,.ink-15{color:light-dark(#4b545e,#eef1f4)}.ink-8{color:light-dark(#57606a,#a6b0bb)}
[class*=ground-]{border-radius:2px}
.ground-0,.ground-8{background:light-dark(#dde2e7,#39424d)}.ground-1,.ground-9{background:light-dark(#ffd9d3,#5b2620)}
.ground-2,.ground-10{background:light-dark(#d2f0d9,#1f4429)}.ground-3,.ground-11{background:light-dark(#f8e8b8,#4d3d10)}
.ground-4,.ground-12{background:light-dark(#d6e6ff,#1d3a66)}.ground-5,.ground-13{background:light-dark(#f6d9f0,#512049)}
.ground-6,.ground-14{background:light-dark(#cfeff3,#134952)}.ground-7,.ground-15{background:light-dark(#eef1f4,#4a545f)}
.showing main{font-size:clamp(1.0625rem,.75rem + 1.1vw,1.9rem)}
.showing .steps{display:flex}
.showing .frame,.showing .frame.beside{display:block;max-width:none;padding:0}
.showing .contents{display:none}
.showing .slide{display:none;border:0;min-height:calc(100vh - 3.2rem);min-height:calc(100dvh - 3.2rem);padding:2vh max(1.5rem,calc(50vw - 25em))}
.showing .slide.current{display:flex;flex-direction:column;justify-content:safe center}
.showing .slide.current:focus{outline:none}
.showing .cell{margin:.5em 0}
.showing .outputs img,.showing .text img{max-height:70vh;object-fit:contain}
@media (max-width:36rem){
html{font-size:1rem}
.bar{padding:.35rem .75rem;gap:.35rem;flex-wrap:wrap}
.bar button{padding:.4rem .5rem}
h1{font-size:1.6em}h2{font-size:1.35em}
pre{padding:.6rem .75rem}
.showing .slide{padding-inline:1rem}
.showing .bar .name{position:absolute;clip-path:inset(50%);width:1px}
}
@media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
@media print{
:root,:root[data-theme]{color-scheme:light}
html{font-size:10.5pt;scroll-padding:0}
.bar,.skip,.contents{display:none!important}
.frame,.frame.beside,.showing .frame.beside{display:block;max-width:none;padding:0}
.showing main{font-size:11pt}
.slide,.showing .slide,.showing .slide.current{display:block;min-height:0;padding:.5rem 0}
.showing .slide+.slide{break-before:page}
pre{white-space:pre-wrap;overflow-wrap:anywhere;overflow:visible}
.wide,.math,.outputs .rich{overflow:visible}
img,tr,pre.result{break-inside:avoid}
h1,h2,h3,h4{break-after:avoid}
.source{break-inside:avoid}
a{color:inherit}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
`.trim();
