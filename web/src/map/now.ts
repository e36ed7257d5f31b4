// The map on screen, for the few things that need it itself: where a pointer is, and a picture of it.
import { signal } from '@preact/signals';
import type { Map as MapLibre } from 'maplibre-gl';

export const mapNow = signal<MapLibre | null>(null);
