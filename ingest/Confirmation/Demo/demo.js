(function () {
  'use strict';
  var line = document.querySelector('#path polyline'), list = document.getElementById('clicks'), points = [];

  addEventListener('pointermove', function (event) {
    points.push((event.clientX / innerWidth * 1000).toFixed(1) + ',' + (event.clientY / innerHeight * 600).toFixed(1));
    if (points.length > 600) points.shift();
    line.setAttribute('points', points.join(' '));
  }, { passive: true });

  function stored() { return JSON.parse(sessionStorage.getItem('demo-clicks') || '[]'); }

  addEventListener('engine-click', function (event) {
    sessionStorage.setItem('demo-clicks', JSON.stringify([event.detail.click].concat(stored()).slice(0, 10)));
  });

  function show(click, item) {
    fetch('/demo/clicks/' + click).then(function (answer) { return answer.json(); }).then(function (found) {
      item.textContent = found.words;
      if (!found.final) setTimeout(function () { show(click, item); }, 500);
    });
  }

  // Again each time the page is shown: a visitor comes back with the browser's button.
  addEventListener('pageshow', function () {
    list.textContent = '';
    stored().forEach(function (click) {
      var item = document.createElement('li');
      item.textContent = 'not decided yet';
      list.appendChild(item);
      show(click, item);
    });
    document.getElementById('none').hidden = list.children.length > 0;
  });
})();
