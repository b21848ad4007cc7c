/** Lets the recorder open without a network, once the page has loaded all that it needs itself. */

if ("serviceWorker" in navigator) {
  if (document.readyState === "complete") void install();
  else window.addEventListener("load", () => void install());
}

async function install() {
  try {
    await navigator.serviceWorker.register("/sw.js");
    const { active } = await navigator.serviceWorker.ready;
    active?.postMessage({ language: document.documentElement.lang });
  } catch {
    // Forbidden, or not served securely: everything else goes without it.
  }
}
