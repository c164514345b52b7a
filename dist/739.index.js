export const id = 739;
export const ids = [739];
export const modules = {

/***/ 739:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  main: () => (/* binding */ main)
});

// EXTERNAL MODULE: ./lib/cluster/workloads.js
var workloads = __webpack_require__(6656);
// EXTERNAL MODULE: ./lib/mesh/openService.js + 44 modules
var openService = __webpack_require__(6567);
// EXTERNAL MODULE: ./lib/runtime/action.js + 6 modules
var action = __webpack_require__(7976);
// EXTERNAL MODULE: ./lib/runtime/inputs.js
var runtime_inputs = __webpack_require__(963);
// EXTERNAL MODULE: ./lib/cluster/clusterInputs.js
var clusterInputs = __webpack_require__(453);
// EXTERNAL MODULE: ./lib/runtime/rules.js
var rules = __webpack_require__(5323);
;// CONCATENATED MODULE: ./lib/actions/rollback/inputs.js



const fields = {
    ...clusterInputs/* clusterFields */.i,
    to: (0,runtime_inputs/* defaulted */.P_)((0,rules/* oneOf */.yL)('previous', 'blue', 'green'), 'previous'),
    timeout: (0,runtime_inputs/* defaulted */.P_)((0,rules/* duration */.p0)(1_000, 600_000, '15s'), '15s'),
};

// EXTERNAL MODULE: ./lib/cluster/journal.js
var cluster_journal = __webpack_require__(6737);
// EXTERNAL MODULE: ./lib/domain/release.js
var domain_release = __webpack_require__(8109);
// EXTERNAL MODULE: ./lib/domain/split.js
var domain_split = __webpack_require__(5407);
// EXTERNAL MODULE: ./lib/domain/serving.js
var serving = __webpack_require__(3288);
// EXTERNAL MODULE: ./lib/mesh/goBack.js
var goBack = __webpack_require__(5564);
// EXTERNAL MODULE: ./lib/mesh/podView.js
var podView = __webpack_require__(7579);
// EXTERNAL MODULE: ./lib/mesh/servingNow.js
var servingNow = __webpack_require__(9989);
;// CONCATENATED MODULE: ./lib/actions/rollback/report.js



/** The last line says what serves the users. */
async function report(result, { name, mesh, log, outputs, summary }) {
    const { target, before, moved, changed, tookMs, interrupted } = result;
    const split = (0,domain_split/* formatSplit */.oe)((0,domain_split/* all */.Q7)(target.slot));
    const ms = Math.round(tookMs);
    const timings = moved.proof.proxies
        .map((one) => ({ proxy: (0,podView/* formatProxy */.yt)(one.proxy), ms: Math.round(one.ms) }))
        .toSorted((a, b) => b.ms - a.ms);
    log.group(changed
        ? `${split}: served by all ${String(timings.length)} proxies ${String(ms)} ms after the decision, ${String(Math.round(moved.proof.worstMs))} ms after the patch`
        : `${split} already: nothing was written, all ${String(timings.length)} proxies serve it`, timings.map((one) => `${one.proxy}: ${String(one.ms)} ms`));
    const serving = await (0,servingNow/* servingNow */.N)(mesh, name).catch((error) => `${split}, proven; which version that is could not be read: ${String(error)}`);
    outputs.set('changed', changed);
    outputs.set('previous-split', before);
    outputs.set('split', split);
    outputs.set('rollback-ms', ms);
    outputs.set('proxies', JSON.stringify(timings));
    outputs.set('interrupted', interrupted?.title ?? '');
    outputs.set('serving', serving);
    summary.heading(changed ? `${name.service}: rolled back` : `${name.service}: was rolled back already`);
    summary.facts([
        ['serving now', serving],
        ['before', before],
        ['back to', `${target.slot}: ${target.because}`],
        [
            'took',
            changed ? `${String(ms)} ms, proven in ${String(timings.length)} proxies` : 'nothing had to move',
        ],
        ...(interrupted === null ? [] : [['interrupted', interrupted.title]]),
    ]);
    log.info(`Serving now: ${serving}`);
}

// EXTERNAL MODULE: ./lib/mesh/moveTraffic.js
var moveTraffic = __webpack_require__(2767);
;// CONCATENATED MODULE: ./lib/actions/rollback/standGuard.js


const lookMs = 250;
/** A step asks for its lease right before each write: so long may the write be under way that it sent then. */
const longestMs = 3_000;
/**
 * A write that was under way when the lease was taken arrives all the same, and where the rollback had nothing to
 * write no compare and swap stops it: it is watched for, and undone.
 * @returns the last move; null when there was none
 */
async function standGuard({ name, mesh, clock, log, signal }, { title, expires }, target, timeoutMs) {
    const endMs = Math.min(Date.parse(expires), clock.now() + longestMs);
    if (endMs <= clock.now())
        return null;
    log.info(`watching for ${String(Math.ceil((endMs - clock.now()) / 1000))} s that ${title} moves nothing any more`);
    let moved = null;
    while (clock.now() < endMs) {
        try {
            await clock.sleep(Math.min(lookMs, Math.max(1, endMs - clock.now())), signal);
        }
        catch {
            log.warning(`stopped watching: what ${title} sent last may still arrive. Run status to see what serves`);
            return moved;
        }
        const routing = await mesh.read(name, 'back').catch(() => null);
        if (routing === null || (routing.split !== null && (0,domain_split/* sameSplit */.xY)(routing.split, target)))
            continue;
        log.warning(`${title} moved the traffic once more: it goes back again`);
        moved = await (0,moveTraffic/* moveBack */.J)(mesh, routing, target, timeoutMs);
    }
    return moved;
}

// EXTERNAL MODULE: ./lib/domain/renderedChart.js
var renderedChart = __webpack_require__(2279);
// EXTERNAL MODULE: ./lib/domain/slot.js
var domain_slot = __webpack_require__(4398);
;// CONCATENATED MODULE: ./lib/domain/rollbackTarget.js


/** The slot that the record says was live before; null when it does not say. */
function rememberedTarget(known) {
    if (known.kind === 'none')
        return null;
    const split = known.kind === 'release' ? known.release.splitBefore : known.splitBefore;
    const slot = split === undefined ? null : (0,domain_split/* soleSlot */.ye)(split);
    if (slot === null)
        return null;
    const because = known.kind === 'release'
        ? `it was live before release ${known.release.id}`
        : `the release record says that it was live before (and cannot be used otherwise: ${known.reason})`;
    return { slot, because };
}
/**
 * The slot to go back to when no record tells. What was rolled out first is what stood before: so a rollback
 * given twice does not go forward again, and one given too early does not go to a candidate.
 * @returns null when it cannot be told
 */
function guessTarget({ live, split }, rolledOut) {
    const { blue, green } = rolledOut;
    if (blue !== null && green !== null && blue !== green) {
        const slot = blue < green ? 'blue' : 'green';
        const times = domain_slot/* slots */.Q.map((one) => `${one} at ${rolledOut[one] ?? ''}`).join(', ');
        return { slot, because: `it was rolled out first (${times}), and no release record tells more` };
    }
    // A slot of which there is nothing is no place to go back to, and it says so when it is tried.
    if (live === null)
        return null;
    const now = split === null ? live : (0,domain_split/* formatSplit */.oe)(split);
    return { slot: (0,domain_slot/* otherSlot */.j)(live), because: `it is the other one (${now}), and no release record tells more` };
}

// EXTERNAL MODULE: ./lib/runtime/errors.js
var errors = __webpack_require__(525);
;// CONCATENATED MODULE: ./lib/actions/rollback/target.js



/** @throws PreconditionError when neither record nor cluster tell which slot was live before */
async function findTarget({ to }, routing, state, deployments) {
    if (to !== 'previous')
        return { slot: to, because: 'it was asked for' };
    const remembered = rememberedTarget(state);
    if (remembered !== null)
        return remembered;
    const { service, namespace } = routing.name;
    const rolledOutAt = async (slot) => {
        // No right to read Deployments, or none there: then it is not known, and that is no reason not to go back.
        const workload = await deployments.deployment(namespace, (0,renderedChart/* workloadName */.vO)(service, slot)).catch(() => null);
        return workload?.rolledOutAt ?? null;
    };
    const [blue, green] = await Promise.all([rolledOutAt('blue'), rolledOutAt('green')]);
    const guessed = guessTarget(routing, { blue, green });
    if (guessed !== null)
        return guessed;
    throw new errors/* PreconditionError */.Rb(`which slot was live before cannot be told: there is no usable record, and ${routing.disagreement ?? 'both slots take traffic'}`, 'Say which: to: blue or to: green (at a terminal: --to blue).');
}

;// CONCATENATED MODULE: ./lib/actions/rollback/run.js








/**
 * All traffic back to the slot that was live before, now. Needs one ready pod there and nothing else: no record, no
 * Helm, no metrics, and nobody's leave. Given again, it changes nothing. Nothing is scaled down on the way.
 */
async function rollback(inputs, tools) {
    const { name, mesh, record, clock, log } = tools;
    const decidedMs = clock.monotonic();
    const [routing, { interrupted, journal }] = await Promise.all([
        mesh.read(name, 'back'),
        // The record is read under the lease: whoever held it writes no more.
        tools.lease.take(name).then(async ({ takenFrom }) => ({
            interrupted: takenFrom,
            journal: await (0,cluster_journal/* openJournalForRollback */.F)(record, name, clock, log),
        })),
    ]);
    const target = await findTarget(inputs, routing, journal.state, tools.deployments);
    const split = (0,domain_split/* all */.Q7)(target.slot);
    const before = (0,serving/* currentSplit */.e)(routing);
    log.info(`${name.service} is at ${before}; back to ${(0,domain_split/* formatSplit */.oe)(split)}: ${target.because}`);
    const note = `from ${before} to ${(0,domain_split/* formatSplit */.oe)(split)}: ${target.because}`;
    const moved = await (0,goBack/* goBack */.O)({ mesh, journal, log }, routing, {
        target: split,
        timeoutMs: inputs.timeout,
        note,
    });
    const tookMs = clock.monotonic() - decidedMs;
    await callOff(journal, target);
    const again = interrupted === null ? null : await standGuard(tools, interrupted, split, inputs.timeout);
    await report({ target, before, moved: again ?? moved, changed: moved.changed || again !== null, tookMs, interrupted }, tools);
}
/** Given before its switch, a rollback moves nothing; the release must not go forward after it all the same. */
async function callOff(journal, { slot }) {
    const { release } = journal;
    if (release === null || (0,domain_release/* isSettled */.Is)(release) || release.phase === 'cleaning')
        return;
    if (release.candidate === slot)
        return;
    await journal.tryEnter('rolled-back', `called off: ${slot} has all the traffic`, { splitAfter: (0,domain_split/* all */.Q7)(slot) });
}

;// CONCATENATED MODULE: ./lib/actions/rollback/index.js






const main = () => (0,action/* runAction */.C)('rollback', async (context) => {
    const inputs = (0,runtime_inputs/* parseInputs */.TL)(context.inputs, fields);
    const service = await (0,openService/* openService */.I)(context, inputs);
    await rollback(inputs, {
        ...context,
        ...service,
        deployments: (0,workloads/* clusterWorkloads */.D)(service.connection.api),
    });
});


/***/ }),

/***/ 6656:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   D: () => (/* binding */ clusterWorkloads)
/* harmony export */ });
/* harmony import */ var _domain_json_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(7708);
/* harmony import */ var _domain_workload_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(4407);
/* harmony import */ var _runtime_errors_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(525);
/* harmony import */ var _resources_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(1735);




function clusterWorkloads(api) {
    return {
        async deployment(namespace, name) {
            const object = await api.get(_resources_js__WEBPACK_IMPORTED_MODULE_1__/* .deployments */ .bg, namespace, name);
            return object === null ? null : (0,_domain_workload_js__WEBPACK_IMPORTED_MODULE_2__/* .readWorkload */ .Ez)(object);
        },
        async pods(namespace, labels) {
            const objects = await api.list(_resources_js__WEBPACK_IMPORTED_MODULE_1__/* .pods */ .Jw, { namespace, labels });
            return objects.map(_domain_workload_js__WEBPACK_IMPORTED_MODULE_2__/* .readPod */ .Ax).filter((pod) => pod !== null);
        },
        podCount: async (namespace, labels) => (await api.list(_resources_js__WEBPACK_IMPORTED_MODULE_1__/* .pods */ .Jw, { namespace, labels })).length,
        async port({ service, namespace }, servicePort, containers) {
            const object = await api.get(_resources_js__WEBPACK_IMPORTED_MODULE_1__/* .services */ .$p, namespace, service);
            const port = object === null ? null : (0,_domain_workload_js__WEBPACK_IMPORTED_MODULE_2__/* .targetPort */ .hl)(object, servicePort, containers);
            if (port !== null)
                return port;
            throw new _runtime_errors_js__WEBPACK_IMPORTED_MODULE_0__/* .PreconditionError */ .Rb(`port ${String(servicePort)} of the Service ${namespace}/${service} leads to no port of the candidate's pods`, "Let the Service's targetPort name a port that the chart's container declares.");
        },
        async troubles(namespace, workload, labels) {
            const [podObjects, eventObjects] = await Promise.all([
                api.list(_resources_js__WEBPACK_IMPORTED_MODULE_1__/* .pods */ .Jw, { namespace, labels }),
                eventsOf(api, namespace, workload),
            ]);
            return (0,_domain_workload_js__WEBPACK_IMPORTED_MODULE_2__/* .troubles */ .d4)(podObjects, eventObjects);
        },
        remove: (namespace, name) => api.delete(_resources_js__WEBPACK_IMPORTED_MODULE_1__/* .deployments */ .bg, namespace, name),
    };
}
/** Of the Deployment, its ReplicaSets and its pods: their names begin with its own. The newest last. */
async function eventsOf(api, namespace, workload) {
    const all = await api.list(_resources_js__WEBPACK_IMPORTED_MODULE_1__/* .events */ .AZ, { namespace }).catch((error) => {
        // What went wrong can be told without them; a missing right to read them must not hide it.
        if (error instanceof _runtime_errors_js__WEBPACK_IMPORTED_MODULE_0__/* .PermissionError */ .i_)
            return [];
        throw error;
    });
    const isOurs = (event) => {
        const name = (0,_domain_json_js__WEBPACK_IMPORTED_MODULE_3__/* .textAt */ .$6)((0,_domain_json_js__WEBPACK_IMPORTED_MODULE_3__/* .objectAt */ .lJ)(event, 'involvedObject'), 'name') ?? '';
        return name === workload || name.startsWith(`${workload}-`);
    };
    return all.filter(isOurs).sort((a, b) => timeOf(a).localeCompare(timeOf(b)));
}
const timeOf = (event) => (0,_domain_json_js__WEBPACK_IMPORTED_MODULE_3__/* .textAt */ .$6)(event, 'lastTimestamp') ?? (0,_domain_json_js__WEBPACK_IMPORTED_MODULE_3__/* .textAt */ .$6)(event, 'eventTime') ?? event.metadata.creationTimestamp ?? '';


/***/ }),

/***/ 4628:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   LN: () => (/* binding */ checkNames),
/* harmony export */   NN: () => (/* binding */ readyCount),
/* harmony export */   ZD: () => (/* binding */ forwardChecks)
/* harmony export */ });
/* harmony import */ var _routing_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(7926);
/* harmony import */ var _slot_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(4398);


/** What `force` can skip, each by its name. */
const checkNames = ['verified', 'capacity', 'selection', 'candidate-known', 'routes-known'];
/** Phases in which a release may be made live: verified, or cut off while it was being switched. */
const switchable = ['verified', 'switching'];
/** Forward needs proof (invariant 3). What the proxies know is proven apart. */
function forwardChecks(routing, slot, release, pods) {
    return [isVerified(slot, release), hasCapacity(slot, pods), selectsItsOwn(routing, slot, release, pods)];
}
function isVerified(slot, release) {
    const verify = release?.verdicts.verify;
    const ok = release?.candidate === slot && switchable.includes(release.phase) && verify?.verdict === 'pass';
    const detail = release === null
        ? 'there is no release record'
        : release.candidate !== slot
            ? `release ${release.id} has its candidate in ${release.candidate}, not in ${slot}`
            : `release ${release.id} is ${release.phase}${verify === undefined ? '' : `, verdict ${verify.verdict}: ${verify.reason}`}`;
    return { name: 'verified', ok, detail, remedy: 'Run deploy-green and verify-green for it first.' };
}
function hasCapacity(slot, pods) {
    const ready = readyCount(pods[slot]);
    const live = readyCount(pods[(0,_slot_js__WEBPACK_IMPORTED_MODULE_0__/* .otherSlot */ .j)(slot)]);
    return {
        name: 'capacity',
        ok: ready > 0 && ready >= live,
        detail: `${slot} has ${String(ready)} ready pods, ${(0,_slot_js__WEBPACK_IMPORTED_MODULE_0__/* .otherSlot */ .j)(slot)} has ${String(live)}`,
        remedy: `Give ${slot} at least ${String(Math.max(1, live))} ready pods: kubectl get pods shows what keeps them.`,
    };
}
function selectsItsOwn(routing, slot, release, pods) {
    const deployment = `${routing.name.service}-${slot}`;
    const version = release?.slots[slot]?.version;
    const foreign = pods[slot].filter((pod) => (pod.deployment !== null && pod.deployment !== deployment) ||
        (version !== undefined && (pod.labels['version'] ?? version) !== version));
    const missed = pods[(0,_slot_js__WEBPACK_IMPORTED_MODULE_0__/* .otherSlot */ .j)(slot)].filter((pod) => pod.deployment === deployment);
    const wrong = [...new Set([...foreign, ...missed, ...pods.both].map(({ name }) => name))];
    const labels = Object.entries(routing.destinationRule.subsets[slot].labels).map(([key, value]) => `${key}=${value}`);
    return {
        name: 'selection',
        ok: wrong.length === 0,
        detail: wrong.length === 0
            ? `subset ${slot} (${labels.join(',')}) selects ${String(pods[slot].length)} pods, all of ${deployment}`
            : `subset ${slot} (${labels.join(',')}) and the slots do not agree about ${wrong.join(', ')}`,
        remedy: `Correct the labels of subset ${slot} in ${(0,_routing_js__WEBPACK_IMPORTED_MODULE_1__/* .formatObject */ .j)('DestinationRule', routing.destinationRule)}: each subset selects the pods of its own slot and no others.`,
    };
}
const readyCount = (pods) => pods.filter(({ ready }) => ready).length;


/***/ }),

/***/ 2279:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Oe: () => (/* binding */ adoptionProblem),
/* harmony export */   vO: () => (/* binding */ workloadName),
/* harmony export */   wH: () => (/* binding */ readRendered)
/* harmony export */ });
/* unused harmony export subsetFor */
/* harmony import */ var _json_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7708);
/* harmony import */ var _slot_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(4398);
/* harmony import */ var _subsets_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(3779);
/* harmony import */ var _workload_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(4407);




const workloadName = (service, slot) => `${service}-${slot}`;
/** Kinds that both slots share: a slot's release that owned one would take it along when it is removed. */
const shared = ['VirtualService', 'DestinationRule', 'Gateway', 'Service', 'ServiceAccount', 'Namespace'];
/**
 * Looks at what a chart renders before anything is applied: one Deployment of the slot's name, with the image by
 * digest, labels that the slot's subset selects and the live one's does not, and nothing that the slots share.
 */
function readRendered(objects, wanted, routing) {
    const name = workloadName(routing.name.service, wanted.slot);
    const deployments = objects.filter((object) => (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(object, 'kind') === 'Deployment').map(_workload_js__WEBPACK_IMPORTED_MODULE_1__/* .readWorkload */ .Ez);
    const [workload, second] = deployments;
    if (workload?.name !== name || second !== undefined) {
        const found = deployments.map((one) => one.name).join(', ');
        return refused({
            what: `the chart renders ${found === '' ? 'no Deployment' : `the Deployments ${found}`}, where one called ${name} is wanted`,
            remedy: 'Use the reference chart (leave the input chart empty), or one that names its Deployment by fullnameOverride.',
        });
    }
    const problems = [
        ...objects.filter((object) => shared.includes((0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(object, 'kind') ?? '')).map(sharedProblem),
        ...contentProblems(workload, wanted),
        ...subsetProblems(workload, wanted, routing),
    ];
    return problems.length > 0 ? { kind: 'refused', problems } : { kind: 'workload', workload };
}
const refused = (...problems) => ({ kind: 'refused', problems });
const sharedProblem = (object) => ({
    what: `the chart renders the ${(0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(object, 'kind') ?? ''} ${(0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)((0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectAt */ .lJ)(object, 'metadata'), 'name') ?? ''}, which both slots share`,
    remedy: 'Keep what the slots share in a release of its own, as the reference chart does with part: routing.',
});
function contentProblems({ podLabels, containers, name }, { version, image }) {
    const problems = [];
    if (podLabels[_subsets_js__WEBPACK_IMPORTED_MODULE_2__/* .versionLabel */ .dp] !== version) {
        problems.push({
            what: `the pods of ${name} would have the label version: ${podLabels[_subsets_js__WEBPACK_IMPORTED_MODULE_2__/* .versionLabel */ .dp] ?? '(none)'}, not ${version}`,
            remedy: 'Let the chart set the pod label version from labels.version.',
        });
    }
    if (!containers.some((container) => container.image === image)) {
        problems.push({
            what: `no container of ${name} would run ${image}, but ${containers.map((one) => one.image).join(', ')}`,
            remedy: 'Let the chart build the image from image.repository and image.digest.',
        });
    }
    return problems;
}
/** By fixed label now, or by `version`, which the subset is pointed at once the pods are there. */
function subsetProblems({ podLabels, name }, wanted, routing) {
    const { subsets } = routing.destinationRule;
    const own = subsetFor(subsets[wanted.slot].labels, wanted.version);
    const live = (0,_slot_js__WEBPACK_IMPORTED_MODULE_3__/* .otherSlot */ .j)(wanted.slot);
    const problems = [];
    if (!(0,_subsets_js__WEBPACK_IMPORTED_MODULE_2__/* .selects */ .ko)(routing.selector, podLabels)) {
        problems.push({
            what: `the Service ${routing.name.service} selects ${labelsOf(routing.selector)}: not the pods of ${name}`,
            remedy: 'Let the chart set those labels on its pods.',
        });
    }
    if (!(0,_subsets_js__WEBPACK_IMPORTED_MODULE_2__/* .selects */ .ko)(own, podLabels)) {
        problems.push({
            what: `the subset ${wanted.slot} selects ${labelsOf(own)}; the pods of ${name} would have ${labelsOf(podLabels)}`,
            remedy: 'Let the pods have those labels. (The reference chart names the slot label by its value slotLabel.)',
        });
    }
    if ((0,_subsets_js__WEBPACK_IMPORTED_MODULE_2__/* .selects */ .ko)(subsets[live].labels, podLabels)) {
        problems.push({
            what: `the live subset ${live} selects ${labelsOf(subsets[live].labels)}: it would send users to the candidate at once`,
            remedy: _subsets_js__WEBPACK_IMPORTED_MODULE_2__/* .versionLabel */ .dp in subsets[live].labels
                ? `The version ${wanted.version} is live already. Release another version.`
                : `Let the subset ${live} select by a label that only its own pods have.`,
        });
    }
    return problems;
}
/** The slot's subset as it will be: those that select by version follow the candidate. */
const subsetFor = (labels, version) => _subsets_js__WEBPACK_IMPORTED_MODULE_2__/* .versionLabel */ .dp in labels ? { ...labels, [_subsets_js__WEBPACK_IMPORTED_MODULE_2__/* .versionLabel */ .dp]: version } : labels;
/** Whether the Deployment that stands there can become the rendered one; null when it can. */
function adoptionProblem(existing, rendered, release) {
    if (existing.helmRelease !== null && existing.helmRelease !== release) {
        return {
            what: `the Deployment ${existing.name} belongs to the Helm release ${existing.helmRelease}`,
            remedy: `Let ${release} own it: remove it from ${existing.helmRelease} first.`,
        };
    }
    if ((0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .sameJson */ .Vk)(existing.selector, rendered.selector))
        return null;
    return {
        what: `the Deployment ${existing.name} selects ${labelsOf(existing.selector)}, the chart's ${labelsOf(rendered.selector)}, and a selector cannot be changed`,
        remedy: `It takes no traffic, so: kubectl delete deployment ${existing.name}, then run this step again. (Or set the chart's value slotLabel to the label it has.)`,
    };
}
const labelsOf = (labels) => Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');


/***/ }),

/***/ 4407:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Ax: () => (/* binding */ readPod),
/* harmony export */   Ez: () => (/* binding */ readWorkload),
/* harmony export */   d4: () => (/* binding */ troubles),
/* harmony export */   hl: () => (/* binding */ targetPort)
/* harmony export */ });
/* unused harmony export readContainer */
/* harmony import */ var _json_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7708);

function readWorkload(object) {
    const metadata = (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectAt */ .lJ)(object, 'metadata');
    const spec = (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectAt */ .lJ)(object, 'spec');
    const template = (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectAt */ .lJ)(spec, 'template');
    return {
        name: (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(metadata, 'name') ?? '',
        replicas: (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .numberAt */ .tk)(spec, 'replicas') ?? 1,
        selector: (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textsAt */ .i1)((0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectAt */ .lJ)(spec, 'selector'), 'matchLabels'),
        podLabels: (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textsAt */ .i1)((0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectAt */ .lJ)(template, 'metadata'), 'labels'),
        containers: (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectsAt */ .yR)((0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectAt */ .lJ)(template, 'spec'), 'containers').map(([, container]) => readContainer(container)),
        helmRelease: (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textsAt */ .i1)(metadata, 'annotations')['meta.helm.sh/release-name'] ?? null,
        rolledOutAt: rolledOutAt((0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectAt */ .lJ)(object, 'status')),
    };
}
/** Source: apps/v1 DeploymentCondition; `Progressing` is written while a rollout goes on, and once when it is done. */
function rolledOutAt(status) {
    const progressing = (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectsAt */ .yR)(status, 'conditions').find(([, condition]) => (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(condition, 'type') === 'Progressing');
    return progressing === undefined ? null : (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(progressing[1], 'lastUpdateTime');
}
const readContainer = (container) => ({
    name: (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(container, 'name') ?? '',
    image: (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(container, 'image') ?? '',
    ports: (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectsAt */ .yR)(container, 'ports').flatMap(([, port]) => {
        const number = (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .numberAt */ .tk)(port, 'containerPort');
        return number === null ? [] : [{ name: (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(port, 'name'), number }];
    }),
});
/** A Service's targetPort, by number or by name, as it is in a pod; null when the pod has none of that name. */
function targetPort(service, servicePort, containers) {
    const port = (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectsAt */ .yR)((0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectAt */ .lJ)(service, 'spec'), 'ports').find(([, one]) => (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .numberAt */ .tk)(one, 'port') === servicePort)?.[1];
    if (port === undefined)
        return null;
    const named = (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(port, 'targetPort');
    if (named === null)
        return (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .numberAt */ .tk)(port, 'targetPort') ?? servicePort;
    return containers.flatMap(({ ports }) => ports).find(({ name }) => name === named)?.number ?? null;
}
/** null for a pod on its way out. */
function readPod(object) {
    const metadata = (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectAt */ .lJ)(object, 'metadata');
    if ((0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(metadata, 'deletionTimestamp') !== null)
        return null;
    const status = (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectAt */ .lJ)(object, 'status');
    if ((0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(status, 'phase') === 'Failed' || (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(status, 'phase') === 'Succeeded')
        return null;
    return {
        name: (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(metadata, 'name') ?? '',
        namespace: (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(metadata, 'namespace') ?? '',
        ip: (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(status, 'podIP') ?? '',
        ready: (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectsAt */ .yR)(status, 'conditions').some(([, condition]) => (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(condition, 'type') === 'Ready' && (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(condition, 'status') === 'True'),
        labels: (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textsAt */ .i1)(metadata, 'labels'),
        containers: (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectsAt */ .yR)((0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectAt */ .lJ)(object, 'spec'), 'containers').map(([, container]) => readContainer(container)),
        imageIds: Object.fromEntries((0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectsAt */ .yR)(status, 'containerStatuses').map(([, container]) => [
            (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(container, 'name') ?? '',
            (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(container, 'imageID') ?? '',
        ])),
    };
}
/** What pods and events say about why a workload does not come up, one line each, nothing twice. */
function troubles(podObjects, eventObjects) {
    const ofPods = podObjects.flatMap((pod) => {
        const name = (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)((0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectAt */ .lJ)(pod, 'metadata'), 'name') ?? '';
        return containerTroubles((0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectAt */ .lJ)(pod, 'status')).map((line) => `pod ${name}: ${line}`);
    });
    const podNames = podObjects.map((pod) => (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)((0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectAt */ .lJ)(pod, 'metadata'), 'name'));
    const ofEvents = eventObjects
        .filter((event) => (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(event, 'type') === 'Warning')
        // Of pods that are gone nobody wants to know.
        .filter((event) => {
        const { kind, name } = (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textsAt */ .i1)(event, 'involvedObject');
        return kind !== 'Pod' || podNames.includes(name ?? null);
    })
        .map((event) => {
        const { kind, name } = (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textsAt */ .i1)(event, 'involvedObject');
        return `${kind ?? ''} ${name ?? ''}: ${(0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(event, 'reason') ?? ''}: ${oneLine((0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(event, 'message') ?? '')}`;
    });
    return [...new Set([...ofPods, ...ofEvents.slice(-8)])];
}
function containerTroubles(status) {
    const all = [...(0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .listAt */ .gT)(status, 'initContainerStatuses'), ...(0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .listAt */ .gT)(status, 'containerStatuses')];
    return (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectsAt */ .yR)({ all }, 'all').flatMap(([, container]) => {
        const name = (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(container, 'name') ?? '';
        const waiting = (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectAt */ .lJ)((0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectAt */ .lJ)(container, 'state'), 'waiting');
        const reason = (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(waiting, 'reason');
        const ended = (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectAt */ .lJ)((0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectAt */ .lJ)(container, 'lastState'), 'terminated');
        const exitCode = (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .numberAt */ .tk)(ended, 'exitCode');
        const lines = [];
        if (reason !== null && !['ContainerCreating', 'PodInitializing'].includes(reason)) {
            lines.push(`container ${name}: ${reason}: ${oneLine((0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(waiting, 'message') ?? '')}`);
        }
        if (exitCode !== null) {
            lines.push(`container ${name}: ended with ${(0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(ended, 'reason') ?? 'Error'} (exit code ${String(exitCode)}), ${String((0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .numberAt */ .tk)(container, 'restartCount') ?? 0)} restarts`);
        }
        return lines;
    });
}
const oneLine = (text) => text.replace(/\s+/g, ' ').trim().slice(0, 400);


/***/ }),

/***/ 5564:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   O: () => (/* binding */ goBack)
/* harmony export */ });
/* harmony import */ var _domain_forwardChecks_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(4628);
/* harmony import */ var _domain_slot_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(4398);
/* harmony import */ var _domain_split_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(5407);
/* harmony import */ var _runtime_errors_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(525);
/* harmony import */ var _moveTraffic_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(2767);





/**
 * The way back, the same for whoever goes it: one ready endpoint, the weights, the proof, no preview left open.
 * Listens to no signal, and no broken record stops it (invariant 4).
 * @throws PreconditionError when nothing is ready there: the traffic stays; RollbackError when it is not proven
 */
async function goBack(tools, routing, back) {
    const { mesh, journal } = tools;
    const { target, timeoutMs, note, changes } = back;
    const before = journal.release?.phase ?? null;
    if (routing.split === null || !(0,_domain_split_js__WEBPACK_IMPORTED_MODULE_2__/* .sameSplit */ .xY)(routing.split, target)) {
        // Both at once: each is a round trip, and users wait.
        const [empty] = await Promise.allSettled([
            requireEndpoints(tools, routing, target),
            journal.tryEnter('rolling-back', note, changes),
        ]);
        if (empty.status === 'rejected') {
            if (before !== null)
                await journal.tryEnter(before, 'nothing is ready to go back to: the traffic stays');
            throw empty.reason;
        }
    }
    const moved = await (0,_moveTraffic_js__WEBPACK_IMPORTED_MODULE_1__/* .moveBack */ .J)(mesh, routing, target, timeoutMs);
    await closePreviews(tools, routing);
    const phase = journal.release?.phase;
    if (phase === 'rolling-back' || phase === 'switching' || phase === 'monitoring') {
        await journal.tryEnter('rolled-back', provenBack(target, moved), { ...changes, splitAfter: target });
    }
    return moved;
}
const provenBack = (target, { proof }) => `${(0,_domain_split_js__WEBPACK_IMPORTED_MODULE_2__/* .formatSplit */ .oe)(target)}, proven in ${String(proof.proxies.length)} proxies, ${String(Math.round(proof.worstMs))} ms`;
async function requireEndpoints({ mesh, log }, routing, target) {
    const pods = await mesh.pods(routing);
    for (const slot of _domain_slot_js__WEBPACK_IMPORTED_MODULE_3__/* .slots */ .Q.filter((one) => target[one] > 0)) {
        const ready = (0,_domain_forwardChecks_js__WEBPACK_IMPORTED_MODULE_4__/* .readyCount */ .NN)(pods[slot]);
        log.info(`${ready > 0 ? '✓' : '✗'} endpoints: ${slot} has ${String(ready)} ready pods`);
        if (ready > 0)
            continue;
        const { service, namespace } = routing.name;
        throw new _runtime_errors_js__WEBPACK_IMPORTED_MODULE_0__/* .PreconditionError */ .Rb(`${slot} has no ready pod to go back to: the traffic stays where somebody answers`, `Bring ${slot} up, then go back again: kubectl rollout status deployment/${service}-${slot} -n ${namespace}`);
    }
}
/** What a cut-off verification left open would still lead to the candidate. */
async function closePreviews({ mesh, log }, { name }) {
    try {
        await mesh.closePreview(await mesh.read(name, 'back'));
    }
    catch (error) {
        log.warning(`the preview route may be open: ${error instanceof Error ? error.message : String(error)}`);
    }
}


/***/ }),

/***/ 2767:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   J: () => (/* binding */ moveBack),
/* harmony export */   t: () => (/* binding */ undo)
/* harmony export */ });
/* harmony import */ var _domain_split_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(5407);
/* harmony import */ var _runtime_errors_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(525);


/**
 * Puts back what a way forward has changed, and proves it. Listens to no signal: whoever cancels wants it undone.
 * @throws RollbackError when it is not written or not proven
 */
async function undo(mesh, routing, home, timeoutMs, cause) {
    if (home.split === null)
        await mesh.putBack(home.routing, home.change);
    else
        await setBack(mesh, routing, home.split, cause);
    try {
        return await (home.split === null
            ? mesh.proveSplit(home.routing, 'as-read', { timeoutMs })
            : mesh.proveSplit(routing, home.split, { timeoutMs }));
    }
    catch (error) {
        throw new _runtime_errors_js__WEBPACK_IMPORTED_MODULE_0__/* .RollbackError */ .ZS(`${messageOf(cause)}\nThe previous weights are written again, but: ${messageOf(error)}`, 'Look at istiod now: the proxies named above serve what they had before.', { cause: error });
    }
}
async function setBack(mesh, routing, split, cause) {
    try {
        await mesh.setSplit(routing, split);
    }
    catch (error) {
        throw new _runtime_errors_js__WEBPACK_IMPORTED_MODULE_0__/* .RollbackError */ .ZS(`${messageOf(cause)}\n${(0,_domain_split_js__WEBPACK_IMPORTED_MODULE_1__/* .formatSplit */ .oe)(split)} could not be written again: ${messageOf(error)}`, 'Run the step again with to: previous, now.', { cause: error });
    }
}
/**
 * Moves all traffic back and proves it. When it cannot be proven the weights stay: they are what everyone wants.
 * @throws RollbackError
 */
async function moveBack(mesh, routing, target, timeoutMs) {
    const change = await mesh.setSplit(routing, target);
    try {
        const proof = await mesh.proveSplit(routing, target, { timeoutMs, sinceMs: change.acceptedMs });
        return { changed: change.changed, acceptedMs: change.acceptedMs, proof };
    }
    catch (error) {
        throw new _runtime_errors_js__WEBPACK_IMPORTED_MODULE_0__/* .RollbackError */ .ZS(`the weights are ${(0,_domain_split_js__WEBPACK_IMPORTED_MODULE_1__/* .formatSplit */ .oe)(target)} again, but: ${messageOf(error)}`, 'Look at istiod now: the proxies named above serve what they had before.', { cause: error });
    }
}
const messageOf = (error) => (error instanceof Error ? error.message : String(error));


/***/ })

};
