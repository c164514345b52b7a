import { start } from './index.js';

await start('monitor-and-rollback');
