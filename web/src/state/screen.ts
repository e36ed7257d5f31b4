// Whether the screen is too narrow for a panel beside the map; the same bound as in the styles.
import { signal } from '@preact/signals';

const bound = window.matchMedia('(max-width: 760px)');
export const narrow = signal(bound.matches);
bound.addEventListener('change', (event) => {
  narrow.value = event.matches;
});
