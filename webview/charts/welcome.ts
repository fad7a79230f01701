import { html, type TemplateResult } from 'lit';
import { t } from '../shared/host.js';
import { icon } from '../shared/icons.js';

/** What stands here before the first run: how to get one. */
export const welcome = (): TemplateResult => html`<section class="welcome">
  ${icon('graph-line')}
  <h2>${t('No runs yet')}</h2>
  <p>${t('Charts are drawn here from the first training step on. To start a run:')}</p>
  <ul>
    <li>${t('Open an experiment (a file ending in .ssl.ts) and choose Train above it.')}</li>
    <li>${t('Or press F1 and choose Autodidact: Train Experiment.')}</li>
    <li>${t('No experiment yet? Press F1 and choose Autodidact: New Experiment.')}</li>
    <li>${t('Runs that are started in a terminal show up here, too.')}</li>
  </ul>
</section>`;
