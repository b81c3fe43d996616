// The exit: the screen goes blank at once, and the page that comes takes this one's place in the history.
(function () {
  "use strict";
  var link = document.getElementById("exit");
  if (!link) { return; }
  function leave(event) {
    if (event) { event.preventDefault(); }
    if (window.speechSynthesis) { window.speechSynthesis.cancel(); }
    document.documentElement.replaceChildren(document.createElement("body"));
    document.body.style.background = "#fff";
    window.location.replace(link.href);
  }
  link.addEventListener("click", leave);
  // Shift three times within five seconds, for keyboards.
  var pressed = [];
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Shift" || event.repeat) {
      if (event.key !== "Shift") { pressed = []; }
      return;
    }
    var now = Date.now();
    pressed = pressed.filter(function (time) { return now - time < 5000; });
    pressed.push(now);
    if (pressed.length >= 3) { leave(); }
  });
  // A page brought back from memory by the back button is asked for anew.
  window.addEventListener("pageshow", function (event) { if (event.persisted) { window.location.reload(); } });
}());
