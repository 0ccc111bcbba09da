/**
 * What a page does by itself: colours, slides, a frame to scroll in that keys can reach. Without
 * it everything is there to read.
 */
export const pageScript = `
(()=>{
"use strict";
const root=document.documentElement,find=(s)=>document.querySelector(s),all=(s)=>[...document.querySelectorAll(s)];
const keep={get(k){try{return localStorage.getItem(k)}catch{return null}},set(k,v){try{localStorage.setItem(k,v)}catch{}}};
const theme=find("#clx-theme"),themes=["system","light","dark"];
let chosen=themes.includes(keep.get("clx-theme"))?keep.get("clx-theme"):"system";
const paint=()=>{
if(chosen==="system")root.removeAttribute("data-theme");else root.dataset.theme=chosen;
theme.textContent=theme.dataset.label+": "+theme.dataset[chosen];
};
theme.hidden=false;
theme.addEventListener("click",()=>{chosen=themes[(themes.indexOf(chosen)+1)%3];keep.set("clx-theme",chosen);paint()});
paint();
const contents=find(".contents details"),isWide=matchMedia("(min-width:80rem)");
if(contents){const fit=()=>{contents.open=isWide.matches};isWide.addEventListener("change",fit);fit()}
const reach=()=>{for(const box of all("pre,.wide,.math,.rich")){
const scrolls=box.scrollWidth>box.clientWidth+1||box.scrollHeight>box.clientHeight+4;
if(scrolls&&!box.hasAttribute("tabindex")){box.tabIndex=0;box.setAttribute("role","group");box.setAttribute("aria-label",box.matches(".wide,.rich")?root.dataset.table:root.dataset.code)}
else if(!scrolls&&box.hasAttribute("tabindex")){for(const a of["tabindex","role","aria-label"])box.removeAttribute(a)}
}};
addEventListener("resize",reach);addEventListener("load",reach);reach();
addEventListener("message",(e)=>{const h=e.data&&e.data.clxHeight;if(typeof h!=="number")return;
for(const f of all("iframe.dynamic"))if(f.contentWindow===e.source)f.style.height=Math.min(Math.max(h,40),4000)+2+"px"});
const slides=all(".slide"),toggle=find("#clx-slides"),count=find("#clx-count"),title=find(".bar .name");
const head=(on)=>{if(on){title.setAttribute("role","heading");title.setAttribute("aria-level","1")}else for(const a of["role","aria-level"])title.removeAttribute(a)};
if(slides.length<2){reach();return}
let at=0,showing=false;
toggle.hidden=false;
const show=(to,focus)=>{
at=Math.max(0,Math.min(slides.length-1,to));
slides.forEach((s,i)=>s.classList.toggle("current",i===at));
count.textContent=at+1+" / "+slides.length;
head(!slides[at].querySelector("h1,[aria-level='1']"));
history.replaceState(null,"","#"+slides[at].id);
scrollTo(0,0);
if(focus){slides[at].tabIndex=-1;slides[at].focus({preventScroll:true})}
reach();
};
const nearest=()=>{const line=innerHeight/3;let best=0;slides.forEach((s,i)=>{if(s.getBoundingClientRect().top<=line)best=i});return best};
const turn=(on)=>{
const here=on?nearest():at;
showing=on;root.classList.toggle("showing",on);
toggle.textContent=on?toggle.dataset.page:toggle.dataset.slides;
toggle.setAttribute("aria-pressed",on);
if(on)show(here,false);else{head(false);slides[here].scrollIntoView({behavior:"instant",block:"start"});history.replaceState(null,"",location.pathname+location.search);reach()}
};
toggle.addEventListener("click",()=>turn(!showing));
find("#clx-previous").addEventListener("click",()=>show(at-1,false));
find("#clx-next").addEventListener("click",()=>show(at+1,false));
const steps={ArrowRight:1,PageDown:1," ":1,ArrowLeft:-1,PageUp:-1};
addEventListener("keydown",(e)=>{
if(!showing||e.ctrlKey||e.altKey||e.metaKey||e.target.closest("input,textarea,select,video,audio,[contenteditable]"))return;
if(e.key===" "&&e.target.closest("button,a,summary"))return;
const box=e.target.closest("[tabindex='0']");
if(box&&/^Arrow/.test(e.key)&&box.scrollWidth>box.clientWidth)return;
if(e.key in steps)show(at+(e.key===" "&&e.shiftKey?-1:steps[e.key]),true);
else if(e.key==="Home")show(0,true);
else if(e.key==="End")show(slides.length-1,true);
else if(e.key==="Escape")turn(false);
else return;
e.preventDefault();
});
const follow=()=>{const m=/^#slide-(\\d+)$/.exec(location.hash);if(!m)return;if(!showing)turn(true);show(Number(m[1])-1,false)};
addEventListener("hashchange",follow);follow();
})();
`.trim();
