// Records the pointer's way before a click on an ad, and posts click and path to the ingest server.
//
//   <script src="https://ingest.example/beacon.js" data-publisher="pub-12" async></script>
//   <a href="https://shop.example/p/1" data-campaign="cmp-7" data-placement="top" data-advertiser="adv-3" data-cost-micros="250000">…</a>
//
// An element with data-campaign is an ad. The script stores one random id in sessionStorage, as the visitor, unless data-visitor names one.
(function () {
  'use strict';
  var script = document.currentScript;
  if (!script || !navigator.sendBeacon) return;
  var endpoint = new URL('/v1/beacon', script.src).href;
  var MAX_POINTS = 600;   // some 10 s of frames; the contract takes 4,096
  var KEEP_MS = 5000;     // older movement tells nothing of this click
  var points = [];

  function add(event) {
    var list = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
    if (!list.length) list = [event];
    for (var i = 0; i < list.length; i++) points.push([list[i].timeStamp, list[i].clientX, list[i].clientY]);
    if (points.length > 2 * MAX_POINTS) points.splice(0, points.length - MAX_POINTS);
  }

  function pathTo(event) {
    var end = event.timeStamp, path = [], start = null, last = 0;
    var from = Math.max(0, points.length - MAX_POINTS + 1);
    for (var i = from; i < points.length; i++) {
      if (points[i][0] < end - KEEP_MS || points[i][0] > end) continue;
      if (start === null) start = points[i][0];
      last = Math.max(last, points[i][0] - start);
      path.push([round(last), round(points[i][1]), round(points[i][2])]);
    }
    path.push([start === null ? 0 : round(Math.max(last, end - start)), round(event.clientX), round(event.clientY)]);
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

  function onClick(event) {
    var ad = event.target.closest && event.target.closest('[data-campaign]');
    if (!ad) return;
    var pointer = event.pointerType || (event.detail === 0 ? 'keyboard' : 'mouse');
    var click = {
      type: 'click', id: 'c-' + random(), publisher: script.dataset.publisher, campaign: ad.dataset.campaign,
      placement: ad.dataset.placement, advertiser: ad.dataset.advertiser, visitor: visitor(),
      page: location.href, referrer: document.referrer, target: ad.href, pointer: pointer,
      viewport: [innerWidth, innerHeight], expects_path: pointer === 'mouse' || pointer === 'pen'
    };
    var cost = parseInt(ad.dataset.costMicros, 10);
    if (cost >= 0) click.cost_micros = cost;
    if (pointer !== 'keyboard') {
      click.x = round(event.clientX);
      click.y = round(event.clientY);
    }
    if (click.expects_path) click.path = pathTo(event);
    navigator.sendBeacon(endpoint, JSON.stringify(click));
    points = [];
  }

  addEventListener('pointermove', add, { passive: true, capture: true });
  addEventListener('click', onClick, { capture: true });
  addEventListener('auxclick', function (event) { if (event.button === 1) onClick(event); }, { capture: true });
})();
