// Records the pointer's path before a click on an ad, and posts click and path to the ingest server.
//
//   <script src="https://ingest.example/beacon.js" data-publisher="pub-12" data-consent="mayMeasure" async></script>
//   <a href="https://ingest.example/click?campaign=cmp-7&publisher=pub-12" data-campaign="cmp-7" data-placement="top">…</a>
//
// An element with data-campaign is an ad, wherever it appears later. A link to the server's own /click gets the click's id.
// data-consent names a function of the page: unless it returns true, nothing is sent or stored. The script stores one random
// id in sessionStorage, as the visitor, unless data-visitor names one. Each click that is sent is announced by the event
// 'engine-click' on its ad, with detail.click and detail.campaign.
(function () {
  'use strict';
  var script = document.currentScript || document.querySelector('script[data-publisher][src*="/beacon.js"]');
  // A second copy of the script would send every click twice.
  if (!script || window.engineBeacon || !navigator.sendBeacon) return;
  window.engineBeacon = true;
  var server = new URL(script.src, document.baseURI).origin;
  var MAX_POINTS = 600;   // some 10 s of frames; the contract takes 4,096
  var KEEP_MS = 5000;     // older movement tells nothing of this click
  var SAME_MS = 500;      // a label's click is followed by that of its control
  var points = [], pressed = null, last = { ad: null, time: 0 };

  function mayMeasure() {
    var ask = script.dataset.consent;
    return !ask || (typeof window[ask] === 'function' && window[ask]() === true);
  }

  function add(event) {
    var list = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
    if (!list.length) list = [event];
    for (var i = 0; i < list.length; i++) points.push([list[i].timeStamp, list[i].clientX, list[i].clientY]);
    if (points.length > 2 * MAX_POINTS) points.splice(0, points.length - MAX_POINTS);
  }

  function pathTo(event) {
    var end = event.timeStamp, path = [], start = null, at = 0;
    var from = Math.max(0, points.length - MAX_POINTS + 1);
    for (var i = from; i < points.length; i++) {
      if (points[i][0] < end - KEEP_MS || points[i][0] > end) continue;
      if (start === null) start = points[i][0];
      at = Math.max(at, points[i][0] - start);
      path.push([round(at), round(points[i][1]), round(points[i][2])]);
    }
    path.push([start === null ? 0 : round(Math.max(at, end - start)), round(event.clientX), round(event.clientY)]);
    return path;
  }

  function round(value) { return Math.round(value * 10) / 10; }

  function random() {
    var bytes = crypto.getRandomValues(new Uint8Array(12)), text = '';
    for (var i = 0; i < bytes.length; i++) text += (bytes[i] + 256).toString(16).slice(1);
    return text;
  }

  function visitor() {
    if (script.dataset.visitor) return script.dataset.visitor;
    try {
      var id = sessionStorage.getItem('engine-visitor');
      if (!id) sessionStorage.setItem('engine-visitor', id = 'v-' + random());
      return id;
    } catch (denied) {
      return undefined;
    }
  }

  // What was clicked, from the inside out, through open shadow roots.
  function find(event, isIt) {
    return event.composedPath().filter(function (node) { return node.getAttribute && isIt(node); })[0];
  }

  // An SVG's link has an object where others have text.
  function addressOf(link) {
    var href = link && (link.getAttribute('href') || link.getAttribute('xlink:href'));
    try {
      return href ? new URL(href, document.baseURI) : null;
    } catch (invalid) {
      return null;
    }
  }

  // Browsers disagree on a click's pointerType; that of the press before it is right. Without a press it is the keyboard's.
  function pointerOf(event) {
    return pressed || (event.detail === 0 ? 'keyboard' : event.pointerType || 'mouse');
  }

  function onClick(event) {
    var ad = find(event, function (node) { return node.dataset && node.dataset.campaign; });
    var isAgain = ad && ad === last.ad && !pressed && event.timeStamp - last.time < SAME_MS;
    if (!ad || isAgain || !mayMeasure()) return;
    var link = find(event, function (node) { return /^(a|area)$/i.test(node.localName) && addressOf(node); });
    var target = addressOf(link), id = 'c-' + random(), pointer = pointerOf(event);
    if (link && target.origin === server && target.pathname === '/click') {
      target.searchParams.set('id', id);
      target.searchParams.set('sent', '1'); // the server needn't make the click
      link.setAttribute('href', target.href);
      target = null; // the server knows where it leads
    }
    var click = {
      type: 'click', id: id, publisher: script.dataset.publisher, campaign: ad.dataset.campaign,
      placement: ad.dataset.placement, advertiser: ad.dataset.advertiser, visitor: visitor(),
      page: location.href, referrer: document.referrer, target: target ? target.href : undefined, pointer: pointer,
      viewport: [innerWidth, innerHeight], expects_path: pointer === 'mouse' || pointer === 'pen'
    };
    if (pointer !== 'keyboard') {
      click.x = round(event.clientX);
      click.y = round(event.clientY);
    }
    if (click.expects_path) click.path = pathTo(event);
    navigator.sendBeacon(server + '/v1/beacon', JSON.stringify(click));
    ad.dispatchEvent(new CustomEvent('engine-click', {
      bubbles: true, composed: true, detail: { click: id, campaign: click.campaign }
    }));
    points = [];
    pressed = null;
    last = { ad: ad, time: event.timeStamp };
  }

  function on(type, handle) { addEventListener(type, handle, { passive: true, capture: true }); }
  on('pointermove', add);
  on('pointerdown', function (event) { pressed = event.pointerType || null; });
  on('pointercancel', function () { pressed = null; });
  on('keydown', function () { pressed = null; last.ad = null; });
  on('click', onClick);
  on('auxclick', function (event) { if (event.button === 1) onClick(event); });
  // A page that comes back from the back-forward cache begins anew.
  on('pageshow', function () { points = []; pressed = null; });
})();
