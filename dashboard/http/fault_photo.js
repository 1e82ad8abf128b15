// Makes the photo small and drops its place before it leaves the phone. Without this file the server does both.
(() => {
  const SIDE = 1600;
  const input = document.querySelector("input[type=file]");
  if (!input || !window.createImageBitmap || !window.DataTransfer) return;
  const shown = document.createElement("canvas");
  shown.hidden = true;
  input.after(shown);
  input.addEventListener("change", async () => {
    shown.hidden = true;
    const [file] = input.files;
    if (!file) return;
    try {
      const picture = await createImageBitmap(file);
      const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
      shown.width = Math.max(1, Math.round(picture.width * scale));
      shown.height = Math.max(1, Math.round(picture.height * scale));
      const pen = shown.getContext("2d");
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, shown.width, shown.height);
      pen.drawImage(picture, 0, 0, shown.width, shown.height);
      const small = await new Promise((done) => shown.toBlob(done, "image/jpeg", 0.82));
      if (!small || input.files[0] !== file) return;
      const chosen = new DataTransfer();
      chosen.items.add(new File([small], "photo.jpg", { type: "image/jpeg" }));
      input.files = chosen.files;
      shown.hidden = false;
    } catch {
      // No picture that this browser can read: the server says so in words.
    }
  });
})();
