import { signal } from '@preact/signals';
import type { Study, ZoneCoverage } from '../../api/types';
import { minutes, NONE, share } from '../../format';
import { t, type Key } from '../../i18n';
import { boundsOf } from '../../map/shapes';
import { chosenZone, coverage, flight, hoveredZone, zonesLoader } from '../../state/app';
import { latest } from '../../state/resource';
import { language } from '../../state/settings';
import { Bar } from '../../ui/Bar';
import { demandText } from '../../ui/demand';
import { Icon } from '../../ui/Icon';
import { Select } from '../../ui/Select';
import { sortZones, uncovered, type SortColumn, type SortOrder } from './sort';

const COLUMNS: readonly { id: SortColumn; key: Key }[] = [
  { id: 'name', key: 'zones.name' },
  { id: 'uncovered', key: 'zones.uncovered' },
  { id: 'share', key: 'zones.share' },
  { id: 'mean', key: 'zones.mean' },
];
const order = signal<SortOrder>({ column: 'uncovered', descending: true });
const level = signal('');

function fly(id: string): void {
  chosenZone.value = chosenZone.peek() === id ? null : id;
  const zone = latest(zonesLoader.state.peek())?.features.find((feature) => feature.properties.id === id);
  const bounds = zone ? boundsOf(zone.geometry) : null;
  if (bounds !== null && chosenZone.peek() === id) flight.value = { kind: 'bounds', bounds };
}

function sortBy(column: SortColumn): void {
  const now = order.peek();
  order.value = now.column === column ? { column, descending: !now.descending } : { column, descending: column !== 'name' };
}

export function ZoneTable({ study }: { study: Study }) {
  const data = coverage.value;
  if (data === null) return null;
  if (data.zones.length === 0) return <p class="empty">{t('zones.none')}</p>;
  const rows = sortZones(
    data.zones.filter((zone) => level.value === '' || zone.level === level.value),
    order.value,
    language.value,
  );
  return (
    <section>
      {study.zone_levels.length > 1 && (
        <Select
          id="zone-level"
          label={t('zones.level')}
          value={level.value}
          choices={[{ value: '', text: t('zones.levelAll') }, ...study.zone_levels.map((id) => ({ value: id, text: id }))]}
          onChoose={(id) => (level.value = id)}
        />
      )}
      <table class="zones" data-testid="zones">
        <caption class="sr-only">{t('zones.caption')}</caption>
        <thead>
          <tr>
            {COLUMNS.map(({ id, key }) => (
              <Heading key={id} id={id} text={t(key)} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((zone) => (
            <Row key={zone.id} zone={zone} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Heading({ id, text }: { id: SortColumn; text: string }) {
  const active = order.value.column === id;
  const sorted = !active ? 'none' : order.value.descending ? 'descending' : 'ascending';
  return (
    <th scope="col" aria-sort={sorted} class={id === 'name' ? '' : 'right'}>
      <button type="button" data-testid={`sort-${id}`} class={active ? 'on' : ''} onClick={() => sortBy(id)}>
        {text}
        {active && <Icon name={order.value.descending ? 'down' : 'up'} size={14} />}
      </button>
    </th>
  );
}

function Row({ zone }: { zone: ZoneCoverage }) {
  const chosen = chosenZone.value === zone.id;
  return (
    <tr
      class={chosen ? 'chosen' : ''}
      data-testid="zone"
      data-zone={zone.id}
      onPointerEnter={() => (hoveredZone.value = zone.id)}
      onPointerLeave={() => (hoveredZone.value = null)}
      onClick={() => fly(zone.id)}
    >
      <th scope="row">
        <button
          type="button"
          class="link"
          aria-pressed={chosen}
          onFocus={() => (hoveredZone.value = zone.id)}
          onBlur={() => (hoveredZone.value = null)}
          onClick={(event) => {
            event.stopPropagation();
            fly(zone.id);
          }}
        >
          {zone.name}
        </button>
      </th>
      <td class="num">{zone.share === null ? NONE : demandText(uncovered(zone))}</td>
      <td>
        <span class="cell-share">
          <Bar share={zone.share} />
          <span class="num" data-testid="zone-share" data-value={zone.share ?? ''}>
            {share(zone.share, language.value)}
          </span>
        </span>
      </td>
      <td class="num">{minutes(zone.mean_min, language.value)}</td>
    </tr>
  );
}
