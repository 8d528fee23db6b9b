# SPDX-License-Identifier: ISC
"""A browser without a window, for the suite of the status page: Chromium,
told what to do by its DevTools protocol over a pair of pipes."""

import base64
import json
import os
import select
import shutil
import subprocess
import time

TIMEOUT = 30
NAMES = "chromium-headless-shell", "headless_shell", "chromium"

# What a page owes those who do not see, hear or point as others do. Returns a
# list of complaints.
AUDIT = r"""
(() => {
  const wrong = [];
  const shown = (node) => node.checkVisibility({visibilityProperty: true})
    && node.getBoundingClientRect().width > 1;
  const name = (node) => node.getAttribute("aria-label")
    || [...(node.labels || [])].map((l) => l.innerText).join(" ").trim()
    || (node.getAttribute("aria-labelledby") || "").split(" ").map((id) =>
      id && document.getElementById(id) ? document.getElementById(id).textContent : "").join("").trim()
    || (node.tagName === "INPUT" ? "" : node.textContent.trim());
  const channel = (v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true});
  const over = (color, under) => {
    canvas.clearRect(0, 0, 1, 1);
    for (const paint of [...under, color]) {
      canvas.fillStyle = paint;
      canvas.fillRect(0, 0, 1, 1);
    }
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const behind = (node) => {
    const found = [];
    for (; node; node = node.parentElement)
      found.unshift(getComputedStyle(node).backgroundColor);
    return ["white", ...found];
  };
  if (!document.documentElement.lang) wrong.push("no language");
  if (!document.title) wrong.push("no title");
  for (const tag of ["header", "main", "footer", "h1"])
    if (document.querySelectorAll(tag).length !== 1) wrong.push("not one " + tag);
  for (const node of document.querySelectorAll("a, button, input, select, dialog, section, table, [role=img]"))
    if (!name(node)) wrong.push("nameless: " + node.outerHTML.slice(0, 90));
  for (const table of document.querySelectorAll("table"))
    for (const th of table.querySelectorAll("thead th, tbody tr > :first-child"))
      if (th.tagName !== "TH" || !th.scope) wrong.push("no header cell: " + th.outerHTML.slice(0, 90));
  for (const node of document.querySelectorAll("[onclick], [onload], [onerror], [style*=url]"))
    wrong.push("handler in markup: " + node.outerHTML.slice(0, 90));
  const ids = [...document.querySelectorAll("[id]")].map((n) => n.id);
  if (new Set(ids).size !== ids.length) wrong.push("an id twice");
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let seen = 0;
  while (walk.nextNode()) {
    const node = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || /^(STYLE|SCRIPT|NOSCRIPT)$/.test(node.tagName) || !shown(node)) continue;
    const style = getComputedStyle(node);
    const grounds = behind(node);
    const ink = node.namespaceURI.endsWith("svg") ? style.fill : style.color;
    const a = light(over(ink, grounds)), b = light(over("transparent", grounds));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    seen++;
    if (ratio < 4.5) wrong.push(`contrast ${ratio.toFixed(2)}: ${node.tagName} ${walk.currentNode.data.trim().slice(0, 40)}`);
  }
  if (seen < 20) wrong.push("only " + seen + " texts");
  if (document.documentElement.scrollWidth > screen.width) wrong.push("wider than the screen: " + document.documentElement.scrollWidth);
  for (const node of document.querySelectorAll("button, input"))
    if (shown(node) && node.getBoundingClientRect().height < 24) wrong.push("too small to hit: " + name(node));
  return wrong;
})()
"""


def find():
    for name in NAMES:
        path = shutil.which(name)
        if path:
            return path
    return None


class Browser:
    def __init__(self, directory):
        theirs_in, self.to = os.pipe()
        self.back, theirs_out = os.pipe()
        self.proc = subprocess.Popen(
            ["sh", "-c", f'exec "$@" 3<&{theirs_in} 4>&{theirs_out}', "sh",
             find(), "--headless", "--no-sandbox", "--disable-gpu",
             "--disable-dev-shm-usage", "--no-proxy-server",
             "--remote-debugging-pipe", f"--user-data-dir={directory}"],
            pass_fds=(theirs_in, theirs_out), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(theirs_in)
        os.close(theirs_out)
        self.rest = b""
        self.number = 0
        self.session = None
        self.complaints = []
        target = self.ask("Target.createTarget", url="about:blank")
        self.session = self.ask("Target.attachToTarget", flatten=True,
                                targetId=target["targetId"])["sessionId"]
        for part in "Page", "Runtime", "Log", "Network":
            self.ask(part + ".enable")

    def message(self):
        """The next one; of its own accord it only tells of mistakes."""
        while b"\0" not in self.rest:
            ready, _, _ = select.select([self.back], [], [], TIMEOUT)
            part = os.read(self.back, 1 << 20) if ready else b""
            if not part:
                raise RuntimeError("the browser does not answer")
            self.rest += part
        line, _, self.rest = self.rest.partition(b"\0")
        message = json.loads(line)
        method, params = message.get("method"), message.get("params")
        if method == "Runtime.exceptionThrown":
            self.complaints.append(str(params["exceptionDetails"]))
        if method == "Log.entryAdded":
            self.complaints.append(params["entry"]["text"])
        return message

    def ask(self, method, **params):
        self.number += 1
        request = {"id": self.number, "method": method, "params": params}
        if self.session:
            request["sessionId"] = self.session
        os.write(self.to, json.dumps(request).encode() + b"\0")
        while True:
            message = self.message()
            if message.get("id") == self.number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]

    def open(self, url):
        self.ask("Page.navigate", url=url)

    def value(self, expression):
        """What an expression is worth in the page, promises kept."""
        result = self.ask("Runtime.evaluate", expression=expression,
                          returnByValue=True, awaitPromise=True,
                          userGesture=True)
        if "exceptionDetails" in result:
            raise RuntimeError(str(result["exceptionDetails"]))
        return result["result"].get("value")

    def wait(self, expression):
        """Until it is true."""
        end = time.monotonic() + TIMEOUT
        while not self.value(f"!!({expression})"):
            assert time.monotonic() < end, "waited in vain: " + expression
            time.sleep(0.1)

    def screen(self, width, height, scheme, *, motion="no-preference"):
        self.ask("Emulation.setDeviceMetricsOverride", width=width,
                 height=height, screenWidth=width, screenHeight=height,
                 deviceScaleFactor=1, mobile=width < 600)
        self.ask("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": motion}])

    def picture(self, path):
        """Of the whole page, as a PNG."""
        data = self.ask("Page.captureScreenshot", captureBeyondViewport=True)
        with open(path, "wb") as file:
            file.write(base64.b64decode(data["data"]))

    def type(self, text):
        self.ask("Input.insertText", text=text)

    def press(self, key, code):
        for kind in "rawKeyDown", "char", "keyUp":
            extra = {"text": "\r"} if key == "Enter" and kind == "char" else {}
            self.ask("Input.dispatchKeyEvent", type=kind, key=key, code=key,
                     windowsVirtualKeyCode=code, **extra)

    def close(self):
        self.session = None
        try:
            self.ask("Browser.close")
        except (RuntimeError, OSError):
            pass
        try:
            self.proc.wait(10)
        except subprocess.TimeoutExpired:
            self.proc.kill()
            self.proc.wait()
