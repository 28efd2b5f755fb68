"""A slider that reports its value while it is dragged, not only when it is let go.

`st.slider` speaks at release; live chunking needs every step. This is a native range input (so arrow keys, Page Up,
Home and screen readers work), which sends at most one value every `SEND_EVERY_MS` and always the last one. Put it
into a fragment: each value then reruns that fragment alone, and values that arrive during a rerun are merged.
"""

from dataclasses import asdict, dataclass

import streamlit as st

SEND_EVERY_MS = 90

_HTML = """
<div class="live-slider">
  <div class="head"><label for="range"></label><output for="range" aria-hidden="true"></output></div>
  <div class="track">
    <input id="range" type="range">
    <span class="mark" aria-hidden="true"></span>
  </div>
  <div class="ends" aria-hidden="true">
    <span class="least"></span><span class="marked"></span><span class="most"></span>
  </div>
</div>
"""

# `--ob-pinned` comes from the page: how far the page's colour reaches around a slider that floats over text.
_CSS = """
.live-slider { font-family: var(--st-font); color: var(--st-text-color); font-size: 0.875rem;
  background: var(--st-background-color); box-shadow: 0 0 0 var(--ob-pinned, 0px) var(--st-background-color); }
.head { display: flex; justify-content: space-between; align-items: baseline; gap: 0.75rem; }
output { padding: 0 0.5rem; border-radius: 1rem; color: var(--st-primary-color); font-weight: 600;
  background: color-mix(in srgb, var(--st-primary-color) 12%, transparent);
  font-variant-numeric: tabular-nums; white-space: nowrap; }
.track { position: relative; padding: 0.15rem 0; --rail: linear-gradient(to right, var(--st-primary-color) var(--share),
  color-mix(in srgb, var(--st-text-color) 18%, transparent) var(--share)); }
input { appearance: none; -webkit-appearance: none; width: 100%; margin: 0; height: 1.75rem; cursor: pointer;
  background: transparent; touch-action: pan-y; }
input::-webkit-slider-runnable-track { height: 6px; border-radius: 3px; background: var(--rail); }
input::-moz-range-track { height: 6px; border-radius: 3px; background: var(--rail); }
input::-webkit-slider-thumb { -webkit-appearance: none; width: 18px; height: 18px; margin-top: -6px;
  border-radius: 50%; border: 2px solid var(--st-background-color); background: var(--st-primary-color); }
input::-moz-range-thumb { width: 14px; height: 14px; border-radius: 50%;
  border: 2px solid var(--st-background-color); background: var(--st-primary-color); }
input:focus { outline: none; }
input:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px;
  border-radius: var(--st-base-radius); }
.mark { position: absolute; bottom: -0.1rem; width: 2px; height: 0.5rem; background: currentColor; opacity: 0.55;
  transform: translateX(-1px); pointer-events: none; }
.ends { position: relative; display: flex; justify-content: space-between; font-size: 0.75rem; opacity: 0.8;
  font-variant-numeric: tabular-nums; min-height: 1.1rem; }
.marked { position: absolute; transform: translateX(-50%); white-space: nowrap; }
"""

_JS = """
const memories = new WeakMap()

export default function (component) {
  const { data, parentElement, setStateValue } = component
  const find = (selector) => parentElement.querySelector(selector)
  const input = find("input")
  const memory = memories.get(parentElement) ?? { sent: 0, timer: null, seed: null }
  memories.set(parentElement, memory)

  find("label").textContent = data.label
  input.min = data.minimum
  input.max = data.maximum
  input.step = data.step
  find(".least").textContent = data.minimum
  find(".most").textContent = data.maximum

  const shareOf = (value) => (value - data.minimum) / Math.max(1, data.maximum - data.minimum)
  const placeOf = (value) => `calc(9px + ${shareOf(value)} * (100% - 18px))`
  const marked = data.marked >= data.minimum && data.marked <= data.maximum
  for (const part of [find(".mark"), find(".marked")]) {
    part.style.display = marked ? "" : "none"
    if (marked) part.style.left = placeOf(data.marked)
  }
  const atAnEnd = shareOf(data.marked) < 0.18 || shareOf(data.marked) > 0.82
  find(".marked").textContent = atAnEnd ? "" : `in use: ${data.marked}`

  const show = () => {
    find(".track").style.setProperty("--share", placeOf(Number(input.value)))
    find("output").textContent = `${input.value} ${data.unit}`
    input.setAttribute("aria-valuetext", `${input.value} ${data.unit}`)
  }
  const send = () => {
    clearTimeout(memory.timer)
    memory.timer = null
    memory.sent = performance.now()
    setStateValue("value", Number(input.value))
  }
  // Only a new seed moves the thumb: an echo of an older value must never pull it from under the finger.
  if (memory.seed !== data.seed) {
    memory.seed = data.seed
    input.value = data.seed
  }
  show()
  input.oninput = () => {
    show()
    const wait = memory.sent + data.send_every_ms - performance.now()
    if (wait <= 0) send()
    else if (memory.timer === null) memory.timer = setTimeout(send, wait)
  }
  input.onchange = send
  return () => clearTimeout(memory.timer)
}
"""

_COMPONENT = st.components.v2.component("openbook_live_slider", html=_HTML, css=_CSS, js=_JS)


@dataclass(frozen=True, slots=True)
class Scale:
    """What a live slider runs over; `marked` is the value in use now, drawn as a tick (outside the range: none)."""

    label: str
    minimum: int
    maximum: int
    step: int = 1
    unit: str = "tokens"
    marked: int = -1


def live_slider(scale: Scale, *, value: int, key: str) -> int:
    """The value under the person's finger; it starts at `value` and jumps there when `value` changes."""
    seed = min(max(value, scale.minimum), scale.maximum)
    result = _COMPONENT(
        key=key,
        data={**asdict(scale), "seed": seed, "send_every_ms": SEND_EVERY_MS},
        default={"value": seed},
        on_value_change=_nothing_else_to_do,
        height="content",
    )
    return min(max(int(result["value"] or seed), scale.minimum), scale.maximum)


def _nothing_else_to_do() -> None:
    """Streamlit keeps a component's state only where a callback names it; the fragment's rerun is all we want."""
