import { served } from '../../api/served';
import { scenarioId } from '../../state/scenario';
import { readOnly } from '../../state/study';
import { BeforeAfter } from './BeforeAfter';
import { EditList } from './EditList';
import { Gain } from './Gain';
import { ScenarioCard } from './ScenarioCard';
import { SiteCard } from './SiteCard';
import { Toolbox } from './Toolbox';
import { ZoneChanges } from './ZoneChanges';

/** Changes to the study, and what they do to the numbers. */
export function WhatIfPanel() {
  return (
    <>
      <BeforeAfter />
      <div class="stack whatif">
        {!readOnly.value && <Toolbox />}
        <ZoneChanges />
        <SiteCard />
        {served('gain') && <Gain />}
        <EditList />
        {scenarioId.value !== null && <ScenarioCard key={scenarioId.value} />}
      </div>
    </>
  );
}
