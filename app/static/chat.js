// The chat without a new page: the same form, its answer appended to the log. Nothing is stored.
(function () {
  "use strict";
  var form = document.getElementById("chat");
  var log = document.getElementById("turns");
  if (!form || !log || !window.fetch) { return; }
  var field = form.elements.namedItem("conversation");
  var text = document.getElementById("message");
  var send = document.getElementById("send");
  var busy = false;

  function add(className, build) {
    var item = document.createElement("li");
    if (className) { item.className = className; }
    build(item);
    log.appendChild(item);
    return item;
  }

  function plain(className, role, words) {
    return add(className, function (item) {
      var p = document.createElement("p");
      p.dir = "auto";
      if (role) { p.setAttribute("role", role); }
      p.textContent = words;
      item.appendChild(p);
    });
  }

  function ask(message) {
    if (busy || !message.trim()) { text.focus(); return; }
    busy = true;
    send.disabled = true;
    var first = document.getElementById("first");
    if (first) { first.remove(); }
    plain("question", "", message);
    var waiting = plain("waiting", "", form.dataset.waiting);
    fetch("/api/chat", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      credentials: "omit",
      cache: "no-store",
      body: JSON.stringify({ message: message, lang: form.dataset.lang, conversation: field.value || null })
    }).then(function (answer) {
      return answer.json().then(function (body) { return { ok: answer.ok, body: body }; });
    }).then(function (answer) {
      waiting.remove();
      if (!answer.ok) {
        if (answer.body.error.code === "conversation") { field.value = ""; }
        plain("error", "alert", answer.body.error.message);
        text.value = text.value || message;
        return;
      }
      field.value = answer.body.conversation;
      // Buttons of earlier answers stay readable but no longer lead anywhere.
      log.querySelectorAll(".choices").forEach(function (old) { old.remove(); });
      // The server's own template, escaped there.
      var item = add("", function (li) { li.innerHTML = answer.body.html; });
      item.scrollIntoView({ block: "start" });
    }).catch(function () {
      waiting.remove();
      plain("error", "alert", form.dataset.failed);
      text.value = text.value || message;
    }).finally(function () {
      busy = false;
      send.disabled = false;
    });
  }

  form.addEventListener("submit", function (event) {
    var button = event.submitter;
    if (button && button.hasAttribute("formaction")) { return; } // the summary opens as a page of its own
    event.preventDefault();
    if (button && button.name === "message") {
      ask(button.value);
      return;
    }
    var message = text.value;
    text.value = "";
    ask(message);
    text.focus();
  });
}());
