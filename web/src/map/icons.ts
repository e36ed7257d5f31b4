// The few pictures on the map, drawn here: no sprite file, no request.
import type { Map as MapLibre } from 'maplibre-gl';
import type { Palette } from '../palette';

const SCALE = 2;

function drawn(width: number, height: number, draw: (pen: CanvasRenderingContext2D) => void): ImageData | null {
  const canvas = document.createElement('canvas');
  canvas.width = width * SCALE;
  canvas.height = height * SCALE;
  // Read back at once: drawn by the processor, not by the graphics card that the map is waiting for.
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  if (pen === null) return null;
  pen.scale(SCALE, SCALE);
  draw(pen);
  return pen.getImageData(0, 0, canvas.width, canvas.height);
}

function disc(pen: CanvasRenderingContext2D, x: number, y: number, radius: number, color: string): void {
  pen.beginPath();
  pen.arc(x, y, radius, 0, Math.PI * 2);
  pen.fillStyle = color;
  pen.fill();
}

function badge(palette: Palette): ImageData | null {
  return drawn(24, 24, (pen) => {
    disc(pen, 12, 12, 11, palette.halo);
    disc(pen, 12, 12, 9.5, palette.uncovered);
  });
}

function pin(palette: Palette): ImageData | null {
  return drawn(30, 38, (pen) => {
    const shape = (inset: number) => {
      pen.beginPath();
      pen.arc(15, 14, 12 - inset, Math.PI * 0.82, Math.PI * 2.18);
      pen.lineTo(15, 37 - inset * 1.8);
      pen.closePath();
    };
    shape(0);
    pen.fillStyle = palette.halo;
    pen.fill();
    shape(1.8);
    pen.fillStyle = palette.pin;
    pen.fill();
    disc(pen, 15, 14, 4, palette.halo);
  });
}

/** The bar on the mark of a closed street. */
function bar(palette: Palette): ImageData | null {
  return drawn(16, 16, (pen) => {
    pen.fillStyle = palette.halo;
    pen.fillRect(4, 6.8, 8, 2.4);
  });
}

/** Adds the pictures, or repaints them after a change of theme. */
export function addIcons(map: MapLibre, palette: Palette): void {
  for (const [name, image] of [['gap-badge', badge(palette)], ['pin', pin(palette)], ['bar', bar(palette)]] as const) {
    if (image === null) continue;
    if (map.hasImage(name)) map.updateImage(name, image);
    else map.addImage(name, image, { pixelRatio: SCALE });
  }
}
