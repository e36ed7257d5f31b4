import { Totals } from '../../panels/Totals';
import { GapList } from './GapList';

/** Where people are left out, the worst first. */
export function GapsPanel() {
  return (
    <>
      <Totals />
      <div class="tabpanel">
        <GapList />
      </div>
    </>
  );
}
