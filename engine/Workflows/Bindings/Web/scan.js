// Scans an operation-binding code with the camera, if the browser supports it; otherwise the text is typed or pasted.
(async () => {
  const button = document.getElementById('scan'), video = document.getElementById('view'), said = document.getElementById('said'), code = document.getElementById('code');
  if (!('BarcodeDetector' in window) || !navigator.mediaDevices) return;
  const formats = await BarcodeDetector.getSupportedFormats();
  if (!formats.includes('qr_code')) return;
  button.hidden = false;
  button.addEventListener('click', async () => {
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
    } catch (error) {
      said.textContent = 'The camera can’t be used (' + error.message + '). Paste the code as text instead.';
      return;
    }
    button.hidden = true;
    video.hidden = false;
    video.srcObject = stream;
    await video.play();
    const detector = new BarcodeDetector({ formats: ['qr_code'] });
    for (;;) {
      const found = await detector.detect(video).catch(() => []);
      if (found.length > 0) {
        code.value = found[0].rawValue;
        stream.getTracks().forEach(track => track.stop());
        code.form.requestSubmit();
        return;
      }
      await new Promise(next => setTimeout(next, 150));
    }
  });
})();
