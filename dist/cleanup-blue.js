import { start } from './index.js';

await start('cleanup-blue');
