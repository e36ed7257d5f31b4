// How demand is called and counted on this page: persons, estimated persons, or metres of street.
import { demand } from '../format';
import { t } from '../i18n';
import { study } from '../state/app';
import { language } from '../state/settings';

const unit = () => study.value?.demand.unit ?? 'persons';

export const demandText = (value: number): string => demand(value, unit(), language.value);

export function demandUnit(): string {
  switch (unit()) {
    case 'persons':
      return t('totals.persons');
    case 'persons_estimated':
      return t('totals.estimated');
    case 'street_meters':
      return t('totals.street');
  }
}
