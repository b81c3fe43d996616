// Listen and print. A listen button stands only where the device itself has a voice of that language; nothing is sent anywhere.
(function () {
  "use strict";
  document.querySelectorAll("[data-print]").forEach(function (button) {
    button.addEventListener("click", function () { window.print(); });
  });

  var speech = window.speechSynthesis;
  if (!speech || !window.SpeechSynthesisUtterance) { return; }
  var words = document.body.dataset;
  var run = 0; // counts readings, so that an old one does not go on
  var active = null;
  var marked = null;

  // Only voices that live on the device: others send the text to somebody.
  function voice(lang) {
    var wanted = lang.toLowerCase().split("-")[0];
    return speech.getVoices().filter(function (one) {
      return one.localService && one.lang.toLowerCase().replace("_", "-").split("-")[0] === wanted;
    })[0];
  }

  function language(element) {
    var holder = element.closest("[lang]");
    return holder ? holder.lang : document.documentElement.lang;
  }

  function mark(element) {
    if (marked) { marked.classList.remove("reading"); }
    marked = element;
    if (marked) {
      marked.classList.add("reading");
      marked.scrollIntoView({ block: "nearest" });
    }
  }

  function show(button, on) {
    button.setAttribute("aria-pressed", on ? "true" : "false");
    button.querySelector("use").setAttribute("href", on ? "#p-stop" : "#p-listen");
    button.querySelector(".hidden").textContent = on ? words.stop : words.listen;
  }

  function stop() {
    run += 1;
    speech.cancel();
    mark(null);
    if (active) { show(active, false); }
    active = null;
  }

  // The blocks from a button on, in the order of the text: what is folded away and how Swedish sounds are left out.
  function blocks(holder, start) {
    var found = [];
    holder.querySelectorAll("h1,h2,h3,h4,p,li,summary").forEach(function (element) {
      if (element.querySelector("p,li") || element.classList.contains("sound") || !element.getClientRects().length) { return; }
      if (start === holder || element === start || start.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING) {
        found.push(element);
      }
    });
    return found;
  }

  function text(element) {
    var copy = element.cloneNode(true);
    copy.querySelectorAll("button,svg").forEach(function (part) { part.remove(); });
    return copy.textContent.replace(/\s+/g, " ").trim();
  }

  function read(queue, mine) {
    var element = queue.shift();
    if (mine !== run) { return; }
    if (!element) { stop(); return; }
    var own = voice(language(element));
    var said = text(element);
    if (!own || !said) { read(queue, mine); return; } // never a wrong voice
    var utterance = new SpeechSynthesisUtterance(said);
    utterance.voice = own;
    utterance.lang = own.lang;
    utterance.rate = 0.9;
    utterance.onend = utterance.onerror = function () { read(queue, mine); };
    mark(element);
    speech.speak(utterance);
  }

  function add(holder, start) {
    var box = start === holder ? start : start.parentNode;
    if (box.querySelector(":scope > .ear") && (start === holder || box.className === "heard")) { return; }
    if (!voice(language(start))) { return; }
    if (start !== holder) { // beside the heading, not in it: its name stays its words
      box = document.createElement("div");
      box.className = "heard";
      start.parentNode.insertBefore(box, start);
      box.appendChild(start);
    }
    var button = document.createElement("button");
    button.type = "button";
    button.className = "ear";
    button.innerHTML = '<svg class="picture" aria-hidden="true" focusable="false"><use href="#p-listen"/></svg><span class="hidden"></span>';
    show(button, false);
    button.addEventListener("click", function () {
      var again = active === button;
      stop();
      if (again) { return; }
      active = button;
      show(button, true);
      read(blocks(holder, start), run);
    });
    box.appendChild(button);
  }

  function equip() {
    document.querySelectorAll("article").forEach(function (article) {
      article.querySelectorAll("h1,h2").forEach(function (heading) { add(article, heading); });
    });
    document.querySelectorAll(".answer").forEach(function (answer) { add(answer, answer); });
  }

  equip();
  if (speech.addEventListener) { speech.addEventListener("voiceschanged", equip); }
  var log = document.getElementById("log");
  if (log && window.MutationObserver) { new MutationObserver(equip).observe(log, { childList: true, subtree: true }); }
  window.addEventListener("pagehide", stop);
}());
