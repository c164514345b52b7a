import { start } from './index.js';

await start('build-scan-push');
