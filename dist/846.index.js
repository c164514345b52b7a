export const id = 846;
export const ids = [846];
export const modules = {

/***/ 453:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   U: () => (/* binding */ refuseTwoClusters),
/* harmony export */   i: () => (/* binding */ clusterFields)
/* harmony export */ });
/* harmony import */ var _runtime_errors_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(525);
/* harmony import */ var _runtime_inputs_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(963);
/* harmony import */ var _runtime_rules_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(5323);



const clusterFields = {
    cluster: (0,_runtime_inputs_js__WEBPACK_IMPORTED_MODULE_1__/* .optional */ .lq)(_runtime_rules_js__WEBPACK_IMPORTED_MODULE_2__/* .eksClusterName */ .FF),
    'aws-region': (0,_runtime_inputs_js__WEBPACK_IMPORTED_MODULE_1__/* .defaulted */ .P_)(_runtime_rules_js__WEBPACK_IMPORTED_MODULE_2__/* .awsRegion */ .Ue, 'ap-northeast-2'),
    kubeconfig: (0,_runtime_inputs_js__WEBPACK_IMPORTED_MODULE_1__/* .optional */ .lq)(_runtime_rules_js__WEBPACK_IMPORTED_MODULE_2__/* .filePath */ .s$),
    context: (0,_runtime_inputs_js__WEBPACK_IMPORTED_MODULE_1__/* .optional */ .lq)(_runtime_rules_js__WEBPACK_IMPORTED_MODULE_2__/* .contextName */ .fW),
    service: (0,_runtime_inputs_js__WEBPACK_IMPORTED_MODULE_1__/* .required */ .mw)(_runtime_rules_js__WEBPACK_IMPORTED_MODULE_2__/* .serviceName */ .fe),
    namespace: (0,_runtime_inputs_js__WEBPACK_IMPORTED_MODULE_1__/* .defaulted */ .P_)(_runtime_rules_js__WEBPACK_IMPORTED_MODULE_2__/* .namespaceName */ .dz, 'ecommerce'),
};
/** @throws InputError when the cluster is named in two ways */
function refuseTwoClusters({ cluster, kubeconfig, context }) {
    if (cluster === null || (kubeconfig === null && context === null))
        return;
    throw new _runtime_errors_js__WEBPACK_IMPORTED_MODULE_0__/* .InputError */ .dz([
        {
            input: 'cluster',
            given: cluster,
            allowed: 'either cluster (EKS), or kubeconfig and context, not both',
            example: 'cluster: shop',
        },
    ]);
}


/***/ }),

/***/ 6737:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   F: () => (/* binding */ openJournalForRollback),
/* harmony export */   _: () => (/* binding */ openJournal)
/* harmony export */ });
/* harmony import */ var _domain_release_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(8109);
/* harmony import */ var _runtime_errors_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(525);
/* harmony import */ var _releaseRecord_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(9709);



async function openJournal(record, name, clock, log) {
    let state = await record.read(name);
    const write = async (phase, note, changes = {}) => {
        const release = (0,_releaseRecord_js__WEBPACK_IMPORTED_MODULE_1__/* .releaseOf */ .l7)(state);
        if (release === null) {
            throw new _runtime_errors_js__WEBPACK_IMPORTED_MODULE_0__/* .PreconditionError */ .Rb(`the release record ConfigMap ${name.namespace}/${(0,_releaseRecord_js__WEBPACK_IMPORTED_MODULE_1__/* .recordName */ .xD)(name)} ${state.kind === 'unreadable' ? `cannot be used: ${state.reason}` : 'does not exist'}`, 'Run deploy-green first: it begins a release.');
        }
        state = await record.save((0,_domain_release_js__WEBPACK_IMPORTED_MODULE_2__/* .enter */ .Ve)({ ...release, ...changes }, phase, note, new Date(clock.now())), state);
    };
    return {
        get state() {
            return state;
        },
        get release() {
            return (0,_releaseRecord_js__WEBPACK_IMPORTED_MODULE_1__/* .releaseOf */ .l7)(state);
        },
        async begin(release) {
            state = await record.save(release, state);
        },
        enter: write,
        async tryEnter(phase, note, changes) {
            if (state.kind === 'none')
                return;
            try {
                await write(phase, note, changes);
            }
            catch (error) {
                log.warning(`the release record does not say "${phase}": ${error instanceof Error ? error.message : String(error)}`);
            }
        },
    };
}
/** The record on its way back could not be read: that must not keep anyone from going back. */
async function openJournalForRollback(record, name, clock, log) {
    try {
        return await openJournal(record, name, clock, log);
    }
    catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        log.warning(`the release record could not be read: ${reason}`);
        const unreadable = {
            ...record,
            read: () => Promise.resolve({ kind: 'unreadable', reason }),
        };
        return openJournal(unreadable, name, clock, log);
    }
}


/***/ }),

/***/ 9709:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  _z: () => (/* binding */ configMapRecord),
  xD: () => (/* binding */ recordName),
  l7: () => (/* binding */ releaseOf)
});

// EXTERNAL MODULE: ./lib/domain/release.js
var domain_release = __webpack_require__(8109);
// EXTERNAL MODULE: ./lib/runtime/errors.js
var errors = __webpack_require__(525);
// EXTERNAL MODULE: ./node_modules/zod/v4/classic/schemas.js + 17 modules
var schemas = __webpack_require__(8816);
;// CONCATENATED MODULE: ./lib/cluster/releaseSchema.js


const slot = schemas/* enum */.k5n(['blue', 'green']);
const split = schemas/* object */.Ikc({ blue: schemas/* number */.aig(), green: schemas/* number */.aig() });
const content = schemas/* object */.Ikc({ version: schemas/* string */.YjP(), image: schemas/* string */.YjP() });
const judgement = schemas/* object */.Ikc({
    verdict: schemas/* enum */.k5n(['pass', 'fail', 'inconclusive', 'error']),
    reason: schemas/* string */.YjP(),
});
const release = schemas/* object */.Ikc({
    id: schemas/* string */.YjP(),
    service: schemas/* string */.YjP(),
    namespace: schemas/* string */.YjP(),
    phase: schemas/* enum */.k5n(domain_release/* phases */.tW),
    candidate: slot,
    slots: schemas/* object */.Ikc({ blue: content.exactOptional(), green: content.exactOptional() }),
    splitBefore: split,
    splitAfter: split.nullable(),
    verdicts: schemas/* object */.Ikc({ verify: judgement.exactOptional(), monitor: judgement.exactOptional() }),
    timeline: schemas/* array */.YOg(schemas/* object */.Ikc({ at: schemas/* string */.YjP(), phase: schemas/* enum */.k5n(domain_release/* phases */.tW), note: schemas/* string */.YjP() })),
    runUrl: schemas/* string */.YjP().nullable(),
    actor: schemas/* string */.YjP().nullable(),
});
/** Reads the record's text. Never throws: a record that cannot be read must not keep anyone from rolling back. */
function parseRelease(text) {
    const parsed = parse(text);
    if ('release' in parsed)
        return parsed;
    const before = schemas/* object */.Ikc({ splitBefore: split }).safeParse(parsed.raw);
    return { reason: parsed.reason, ...(before.success ? { splitBefore: before.data.splitBefore } : {}) };
}
function parse(text) {
    let raw;
    try {
        raw = JSON.parse(text);
    }
    catch {
        return { reason: 'it is not JSON' };
    }
    const version = schemas/* object */.Ikc({ schemaVersion: schemas/* number */.aig() }).safeParse(raw);
    if (!version.success)
        return { reason: 'it has no schemaVersion', raw };
    if (version.data.schemaVersion > domain_release/* schemaVersion */.CZ) {
        return {
            reason: `its schema ${String(version.data.schemaVersion)} is newer than the ${String(domain_release/* schemaVersion */.CZ)} known here`,
            raw,
        };
    }
    const parsed = release.safeParse(raw);
    if (parsed.success)
        return { release: parsed.data };
    const [issue] = parsed.error.issues;
    return { reason: `its field ${issue?.path.join('.') ?? ''} is wrong: ${issue?.message ?? ''}`, raw };
}

// EXTERNAL MODULE: ./lib/cluster/resources.js
var resources = __webpack_require__(1735);
;// CONCATENATED MODULE: ./lib/cluster/transitionEvent.js

const alarming = ['failed', 'rolling-back', 'rolled-back'];
/**
 * Tells the newest transition as a Kubernetes Event on the record, so that `kubectl describe configmap
 * <service>-release` tells the story. Best effort: a missing right to write Events stops no release.
 */
async function announce(api, release, record, clock) {
    const entry = release.timeline.at(-1);
    if (entry === undefined)
        return;
    const { name, namespace, uid } = record.metadata;
    const event = {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: {
            // Unique without a random number: one record, one transition at a time.
            name: `${name}.${clock.now().toString(16)}.${String(release.timeline.length)}`,
            namespace: release.namespace,
        },
        involvedObject: {
            apiVersion: 'v1',
            kind: 'ConfigMap',
            name,
            namespace,
            ...(uid === undefined ? {} : { uid }),
        },
        type: alarming.includes(entry.phase) ? 'Warning' : 'Normal',
        reason: reasonOf(entry.phase),
        message: `${release.id}: ${entry.note}`.slice(0, 1024),
        source: { component: 'c4ang-actions' },
        firstTimestamp: entry.at,
        lastTimestamp: entry.at,
        count: 1,
    };
    await api.create(resources/* events */.AZ, event).catch(() => undefined);
}
/** `rolling-back` → `ReleaseRollingBack`. */
const reasonOf = (phase) => `Release${phase
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')}`;

;// CONCATENATED MODULE: ./lib/cluster/releaseRecord.js





const dataKey = 'release.json';
const recordName = ({ service }) => `${service}-release`;
function configMapRecord(api, clock) {
    return {
        async read(name) {
            const object = await api.get(resources/* configMaps */.gT, name.namespace, recordName(name));
            return object === null ? { kind: 'none' } : stateOf(object);
        },
        async save(release, over) {
            if (over.kind === 'unreadable') {
                throw new errors/* PreconditionError */.Rb(`the release record ConfigMap ${release.namespace}/${recordName(release)} is not ours to write: ${over.reason}`, 'Use the newer version of these actions that wrote it; or, when no release is under way, delete the ConfigMap.');
            }
            const wanted = configMap(release, over.kind === 'release' ? over.revision : null);
            const written = await (over.kind === 'none'
                ? api.create(resources/* configMaps */.gT, wanted)
                : api.update(resources/* configMaps */.gT, wanted));
            await announce(api, release, written, clock);
            return stateOf(written);
        },
    };
}
function configMap(release, resourceVersion) {
    return {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: {
            name: recordName(release),
            namespace: release.namespace,
            labels: { 'app.kubernetes.io/managed-by': 'c4ang-actions', 'app.kubernetes.io/name': release.service },
            ...(resourceVersion === null ? {} : { resourceVersion }),
        },
        data: { [dataKey]: JSON.stringify({ schemaVersion: domain_release/* schemaVersion */.CZ, ...release }, null, 2) },
    };
}
function stateOf(object) {
    const { data } = object;
    const text = data?.[dataKey];
    if (typeof text !== 'string')
        return { kind: 'unreadable', reason: `it has no ${dataKey}` };
    const parsed = parseRelease(text);
    return 'reason' in parsed
        ? { kind: 'unreadable', ...parsed }
        : { kind: 'release', release: parsed.release, revision: object.metadata.resourceVersion ?? '' };
}
/** The release to go by, or null: what a rollback, which must not be blocked by a broken record, goes on with. */
const releaseOf = (state) => state.kind === 'release' ? state.release : null;


/***/ }),

/***/ 1735:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   $p: () => (/* binding */ services),
/* harmony export */   AZ: () => (/* binding */ events),
/* harmony export */   Jw: () => (/* binding */ pods),
/* harmony export */   Km: () => (/* binding */ virtualServices),
/* harmony export */   Q: () => (/* binding */ leases),
/* harmony export */   al: () => (/* binding */ destinationRules),
/* harmony export */   bg: () => (/* binding */ deployments),
/* harmony export */   gT: () => (/* binding */ configMaps),
/* harmony export */   oA: () => (/* binding */ gateways)
/* harmony export */ });
/* unused harmony exports namespaces, endpointSlices */
const core = (plural, kind, namespaced = true) => ({
    group: '',
    version: 'v1',
    plural,
    kind,
    namespaced,
});
const pods = core('pods', 'Pod');
const services = core('services', 'Service');
const configMaps = core('configmaps', 'ConfigMap');
const events = core('events', 'Event');
const namespaces = core('namespaces', 'Namespace', false);
const deployments = {
    group: 'apps',
    version: 'v1',
    plural: 'deployments',
    kind: 'Deployment',
    namespaced: true,
};
const endpointSlices = {
    group: 'discovery.k8s.io',
    version: 'v1',
    plural: 'endpointslices',
    kind: 'EndpointSlice',
    namespaced: true,
};
const leases = {
    group: 'coordination.k8s.io',
    version: 'v1',
    plural: 'leases',
    kind: 'Lease',
    namespaced: true,
};
const istio = (plural, kind) => ({
    group: 'networking.istio.io',
    version: 'v1',
    plural,
    kind,
    namespaced: true,
});
const virtualServices = istio('virtualservices', 'VirtualService');
const destinationRules = istio('destinationrules', 'DestinationRule');
const gateways = istio('gateways', 'Gateway');


/***/ }),

/***/ 576:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   S: () => (/* binding */ clusterName),
/* harmony export */   Y: () => (/* binding */ fqdn)
/* harmony export */ });
const fqdn = ({ service, namespace }) => `${service}.${namespace}.svc.cluster.local`;
/** Envoy's name for a subset of a service (facts: `outbound|<port>|<subset>|<fqdn>`). */
const clusterName = (name, port, subset) => `outbound|${String(port)}|${subset}|${fqdn(name)}`;


/***/ }),

/***/ 7708:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   $6: () => (/* binding */ textAt),
/* harmony export */   FF: () => (/* binding */ without),
/* harmony export */   Gv: () => (/* binding */ isObject),
/* harmony export */   Vk: () => (/* binding */ sameJson),
/* harmony export */   gT: () => (/* binding */ listAt),
/* harmony export */   i1: () => (/* binding */ textsAt),
/* harmony export */   lJ: () => (/* binding */ objectAt),
/* harmony export */   tk: () => (/* binding */ numberAt),
/* harmony export */   yR: () => (/* binding */ objectsAt)
/* harmony export */ });
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
/** The object there, or an empty one: a field that is absent reads like one that is empty. */
const objectAt = (parent, field) => {
    const value = parent[field];
    return isObject(value) ? value : {};
};
const listAt = (parent, field) => {
    const value = parent[field];
    return Array.isArray(value) ? value : [];
};
/** The objects of a list, each with its place in it. */
const objectsAt = (parent, field) => listAt(parent, field).flatMap((item, index) => (isObject(item) ? [[index, item]] : []));
const textAt = (parent, field) => {
    const value = parent[field];
    return typeof value === 'string' ? value : null;
};
const numberAt = (parent, field) => {
    const value = parent[field];
    return typeof value === 'number' ? value : null;
};
/** Only the entries whose value is text: labels, selectors. */
const textsAt = (parent, field) => Object.fromEntries(Object.entries(objectAt(parent, field)).filter((entry) => typeof entry[1] === 'string'));
/** A copy that lacks one field. */
const without = (object, field) => Object.fromEntries(Object.entries(object).filter(([key]) => key !== field));
/** Whether two JSON values say the same. The order of an object's fields says nothing; undefined is absent. */
function sameJson(a, b) {
    if (Object.is(a, b))
        return true;
    if (Array.isArray(a) && Array.isArray(b)) {
        return a.length === b.length && a.every((item, index) => sameJson(item, b[index]));
    }
    if (!isObject(a) || !isObject(b))
        return false;
    const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...keys].every((key) => sameJson(a[key], b[key]));
}


/***/ }),

/***/ 2632:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   B: () => (/* binding */ testVersion)
/* harmony export */ });
/** Compare and swap: the API server refuses the patch when the object is no longer the one that was read. */
const testVersion = (resourceVersion) => ({
    op: 'test',
    path: '/metadata/resourceVersion',
    value: resourceVersion,
});


/***/ }),

/***/ 8109:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   CZ: () => (/* binding */ schemaVersion),
/* harmony export */   Is: () => (/* binding */ isSettled),
/* harmony export */   Ve: () => (/* binding */ enter),
/* harmony export */   tW: () => (/* binding */ phases)
/* harmony export */ });
const phases = [
    'deploying',
    'deployed',
    'verifying',
    'verified',
    'switching',
    'monitoring',
    'stable',
    'rolling-back',
    'rolled-back',
    'cleaning',
    'complete',
    'failed',
];
const schemaVersion = 1;
const timelineLimit = 50;
/** Phases in which nothing is under way: a new release may begin. */
const settled = ['stable', 'rolled-back', 'complete', 'failed'];
const isSettled = (release) => settled.includes(release.phase);
/** Enters a phase, with one line for people. Pure: the time comes from outside. */
function enter(release, phase, note, at) {
    const entry = { at: at.toISOString(), phase, note };
    return { ...release, phase, timeline: [...release.timeline, entry].slice(-timelineLimit) };
}


/***/ }),

/***/ 7926:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   C: () => (/* binding */ takesTraffic),
/* harmony export */   j: () => (/* binding */ formatObject)
/* harmony export */ });
const formatObject = (kind, { namespace, name }) => `${kind} ${namespace}/${name}`;
/** Whether any managed route sends anything to the slot: such a slot is never touched (invariant 1). */
const takesTraffic = (routing, slot) => routing.virtualServices.some((vs) => vs.routes.some((route) => route.split[slot] > 0));


/***/ }),

/***/ 3288:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Y: () => (/* binding */ describeServing),
/* harmony export */   e: () => (/* binding */ currentSplit)
/* harmony export */ });
/* harmony import */ var _slot_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(4398);
/* harmony import */ var _split_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(5407);


/** The split as the routes have it: one, or why there is none. */
const currentSplit = ({ split, disagreement }) => split === null ? `no single split (${disagreement ?? ''})` : (0,_split_js__WEBPACK_IMPORTED_MODULE_0__/* .formatSplit */ .oe)(split);
/** What serves the users now, as the API server has it: `v1.0.0 in slot blue, 100 %`. */
function describeServing(routing, pods) {
    if (routing.split === null)
        return `the routes disagree: ${routing.disagreement ?? ''}`;
    const { split } = routing;
    return _slot_js__WEBPACK_IMPORTED_MODULE_1__/* .slots */ .Q
        .filter((slot) => split[slot] > 0)
        .map((slot) => `${versionsIn(pods[slot])} in slot ${slot}, ${String(split[slot])} %`)
        .join('; ');
}
function versionsIn(pods) {
    const ready = pods.filter((pod) => pod.ready);
    const versions = [...new Set(ready.map(({ labels }) => labels['version'] ?? 'a version without a label'))];
    return versions.length === 0 ? 'nothing ready' : versions.toSorted().join(' and ');
}


/***/ }),

/***/ 4398:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Q: () => (/* binding */ slots),
/* harmony export */   j: () => (/* binding */ otherSlot)
/* harmony export */ });
const slots = ['blue', 'green'];
const otherSlot = (slot) => (slot === 'blue' ? 'green' : 'blue');


/***/ }),

/***/ 5407:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Q7: () => (/* binding */ all),
/* harmony export */   oe: () => (/* binding */ formatSplit),
/* harmony export */   xY: () => (/* binding */ sameSplit),
/* harmony export */   ye: () => (/* binding */ soleSlot)
/* harmony export */ });
const all = (slot) => slot === 'blue' ? { blue: 100, green: 0 } : { blue: 0, green: 100 };
const sameSplit = (a, b) => a.blue === b.blue && a.green === b.green;
/** As people read it: `blue 100 / green 0`. */
const formatSplit = (split) => `blue ${String(split.blue)} / green ${String(split.green)}`;
/** The slot that takes everything, or null while both serve. */
function soleSlot(split) {
    if (split.blue === 100)
        return 'blue';
    return split.green === 100 ? 'green' : null;
}


/***/ }),

/***/ 3779:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   _W: () => (/* binding */ planSubsetVersion),
/* harmony export */   dp: () => (/* binding */ versionLabel),
/* harmony export */   ko: () => (/* binding */ selects)
/* harmony export */ });
/* harmony import */ var _json_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7708);
/* harmony import */ var _jsonPatch_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(2632);


/** Labels by which users' manifests select a version; the reference chart selects by `slot`, which never changes. */
const versionLabel = 'version';
const selects = (selector, labels) => Object.entries(selector).every(([key, value]) => labels[key] === value);
/** Points a slot's subset at a version; the labels it selects by besides stay. */
function planSubsetVersion(rule, slot, version) {
    const { index, labels } = rule.subsets[slot];
    const spec = (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectAt */ .lJ)(rule.object, 'spec');
    if (labels[versionLabel] === version)
        return { patch: [], expectedSpec: spec };
    const path = `/spec/subsets/${String(index)}`;
    const subsets = (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectsAt */ .yR)(spec, 'subsets').map(([place, subset]) => place === index ? { ...subset, labels: { ...labels, [versionLabel]: version } } : subset);
    return {
        patch: [
            (0,_jsonPatch_js__WEBPACK_IMPORTED_MODULE_1__/* .testVersion */ .B)(rule.resourceVersion),
            { op: 'test', path: `${path}/name`, value: slot },
            { op: 'test', path: `${path}/labels/${versionLabel}`, value: labels[versionLabel] },
            { op: 'replace', path: `${path}/labels/${versionLabel}`, value: version },
        ],
        expectedSpec: { ...spec, subsets },
    };
}


/***/ }),

/***/ 8285:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   fC: () => (/* binding */ everywhere),
/* harmony export */   q8: () => (/* binding */ planRestore),
/* harmony export */   zS: () => (/* binding */ planWeights)
/* harmony export */ });
/* harmony import */ var _jsonPatch_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(2632);
/* harmony import */ var _json_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(7708);
/* harmony import */ var _slot_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(4398);



const everywhere = (target) => (_route, slot) => target[slot];
/**
 * The change of weights of one VirtualService: tests what was read, then writes the weights that differ,
 * and nothing else (invariant 2). An absent weight that is wanted to be 0 is left absent.
 */
function planWeights(vs, wanted) {
    const tests = [];
    const writes = [];
    const weights = new Map();
    for (const route of vs.routes) {
        for (const slot of _slot_js__WEBPACK_IMPORTED_MODULE_0__/* .slots */ .Q) {
            const entry = route.destinations[slot];
            const value = wanted(route, slot);
            tests.push(testEntry(vs, route, entry));
            if ((entry.weight ?? 0) === (value ?? 0))
                continue;
            writes.push(writeWeight(route, entry, value));
            weights.set(keyOf(route.index, entry.index), value);
        }
    }
    if (writes.length === 0)
        return { patch: [], expectedSpec: vs.object['spec'] };
    return {
        patch: [(0,_jsonPatch_js__WEBPACK_IMPORTED_MODULE_1__/* .testVersion */ .B)(vs.resourceVersion), ...tests, ...writes],
        expectedSpec: withWeights((0,_json_js__WEBPACK_IMPORTED_MODULE_2__/* .objectAt */ .lJ)(vs.object, 'spec'), weights),
    };
}
/** Back to the weights of an earlier reading of the same VirtualService, route by route. */
const planRestore = (now, before) => planWeights(now, (route, slot) => (sameRoute(before, route) ?? route).destinations[slot].weight);
/** The route in another reading: at the same place under the same name, or else by its name. */
function sameRoute(vs, { index, name }) {
    const there = vs.routes.find((route) => route.index === index && route.name === name);
    return there ?? vs.routes.find((route) => name !== null && route.name === name);
}
const keyOf = (route, entry) => `${String(route)}/${String(entry)}`;
const entryPath = (route, entry) => `/spec/http/${String(route.index)}/route/${String(entry.index)}`;
/** An absence cannot be tested by its path: then the whole entry is. */
function testEntry(vs, route, entry) {
    const path = entryPath(route, entry);
    if (entry.weight !== null)
        return { op: 'test', path: `${path}/weight`, value: entry.weight };
    const http = (0,_json_js__WEBPACK_IMPORTED_MODULE_2__/* .listAt */ .gT)((0,_json_js__WEBPACK_IMPORTED_MODULE_2__/* .objectAt */ .lJ)(vs.object, 'spec'), 'http')[route.index];
    return { op: 'test', path, value: (0,_json_js__WEBPACK_IMPORTED_MODULE_2__/* .listAt */ .gT)(http, 'route')[entry.index] };
}
function writeWeight(route, entry, value) {
    const path = `${entryPath(route, entry)}/weight`;
    if (value === null)
        return { op: 'remove', path };
    return { op: entry.weight === null ? 'add' : 'replace', path, value };
}
function withWeights(spec, weights) {
    const http = (0,_json_js__WEBPACK_IMPORTED_MODULE_2__/* .listAt */ .gT)(spec, 'http').map((item, routeIndex) => {
        const route = item;
        if (!(0,_json_js__WEBPACK_IMPORTED_MODULE_2__/* .listAt */ .gT)(route, 'route').some((_, place) => weights.has(keyOf(routeIndex, place))))
            return item;
        const entries = (0,_json_js__WEBPACK_IMPORTED_MODULE_2__/* .listAt */ .gT)(route, 'route').map((entry, place) => {
            const key = keyOf(routeIndex, place);
            return weights.has(key) ? withWeight(entry, weights.get(key) ?? null) : entry;
        });
        return { ...route, route: entries };
    });
    return { ...spec, http };
}
function withWeight(entry, value) {
    const rest = (0,_json_js__WEBPACK_IMPORTED_MODULE_2__/* .without */ .FF)(entry, 'weight');
    return value === null ? rest : { ...rest, weight: value };
}


/***/ }),

/***/ 6567:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  I: () => (/* binding */ openService)
});

// EXTERNAL MODULE: external "node:http"
var external_node_http_ = __webpack_require__(7067);
// EXTERNAL MODULE: external "node:https"
var external_node_https_ = __webpack_require__(4708);
// EXTERNAL MODULE: ./node_modules/ws/wrapper.mjs
var wrapper = __webpack_require__(2977);
// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: ./node_modules/@kubernetes/client-node/dist/exec_auth.js
var exec_auth = __webpack_require__(3497);
// EXTERNAL MODULE: ./node_modules/@kubernetes/client-node/dist/file_auth.js
var file_auth = __webpack_require__(5752);
// EXTERNAL MODULE: ./lib/runtime/errors.js
var errors = __webpack_require__(525);
;// CONCATENATED MODULE: ./lib/cluster/http.js
/** Sends a request made by node:http(s) and reads the whole answer. Rejects with what the socket says. */
function exchange(request, body) {
    return new Promise((resolve, reject) => {
        request.once('error', reject);
        request.once('response', (response) => {
            readAnswer(response).then(resolve, reject);
        });
        request.end(body);
    });
}
function readAnswer(response) {
    return new Promise((resolve, reject) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.once('error', reject);
        response.once('end', () => {
            const headers = Object.entries(response.headers).map(([name, value]) => [
                name,
                Array.isArray(value) ? value.join(', ') : (value ?? ''),
            ]);
            resolve({
                status: response.statusCode ?? 0,
                headers: Object.fromEntries(headers),
                body: Buffer.concat(chunks).toString('utf8'),
            });
        });
    });
}
/** The code of a system error (`ECONNREFUSED`), or an empty text. */
const errorCode = (error) => textOf(error, 'code');
/** What AbortSignal.timeout makes of a call. */
const isTimeout = (error) => ['AbortError', 'TimeoutError'].includes(textOf(error, 'name'));
const errorMessage = (error) => textOf(error, 'message') || errorCode(error) || String(error);
/** By its fields, not by its class: an error may come from another realm. */
function textOf(error, field) {
    if (typeof error !== 'object' || error === null)
        return '';
    const value = error[field];
    return typeof value === 'string' ? value : '';
}

;// CONCATENATED MODULE: ./lib/cluster/credentials.js





/**
 * The user of a kubeconfig: certificate, token, token file, name and password, or an exec plugin.
 * @throws PreconditionError for the sign-in built into old clients (auth-provider)
 */
function userCredentials(user) {
    const plugins = [new exec_auth/* ExecAuth */.K(), new file_auth/* FileAuth */.v()];
    const plugin = plugins.find((candidate) => candidate.isAuthProvider(user));
    if (user.authProvider && plugin === undefined) {
        throw new errors/* PreconditionError */.Rb(`the kubeconfig's user ${user.name} signs in by auth-provider, which Kubernetes removed in 1.26`, 'Let the kubeconfig sign in by an exec plugin, a token or a certificate.');
    }
    const fixed = fixedHeaders(user);
    const ownCertificate = certificate(user);
    return {
        current: async () => {
            if (plugin === undefined)
                return { headers: fixed, clientCertificate: ownCertificate };
            const options = { headers: { ...fixed } };
            await plugin.applyAuthentication(user, options).catch((error) => {
                throw new errors/* ConnectionError */.Rc(`the sign-in of the kubeconfig's user ${user.name} failed: ${errorMessage(error).trim()}`, 'Run the sign-in command of the kubeconfig by hand and see what it says.', { cause: error });
            });
            const { cert, key } = options;
            const given = typeof cert === 'string' && typeof key === 'string' ? { cert, key } : null;
            return { headers: options.headers, clientCertificate: given ?? ownCertificate };
        },
    };
}
function fixedHeaders(user) {
    const headers = {};
    if (user.token)
        headers['Authorization'] = `Bearer ${user.token.trim()}`;
    else if (user.username) {
        headers['Authorization'] =
            `Basic ${Buffer.from(`${user.username}:${user.password ?? ''}`).toString('base64')}`;
    }
    if (user.impersonateUser)
        headers['Impersonate-User'] = user.impersonateUser;
    return headers;
}
function certificate(user) {
    const cert = fileOrData(user.certFile, user.certData);
    const key = fileOrData(user.keyFile, user.keyData);
    return cert !== undefined && key !== undefined ? { cert, key } : null;
}
/** As in kubeconfig: data in base64 wins over a file. */
function fileOrData(file, data) {
    if (data)
        return Buffer.from(data, 'base64');
    return file ? (0,external_node_fs_.readFileSync)(file) : undefined;
}

;// CONCATENATED MODULE: ./lib/cluster/apiServer.js





/** The API server answered a WebSocket handshake with something else. */
class HandshakeError extends Error {
    answer;
    constructor(answer) {
        super(`the API server refused the stream: ${String(answer.status)} ${answer.body.trim()}`);
        this.answer = answer;
    }
}
/** Idle sockets end well before the API server's 90 s, so that no write meets a socket that is just closing. */
const idleTimeoutMs = 30_000;
/** The API server as a place that takes HTTP calls and WebSockets: TLS, identity and kept connections. */
class ApiServer {
    server;
    #cluster;
    #credentials;
    #agent = null;
    #agentCert = null;
    constructor(cluster, credentials) {
        this.server = cluster.server;
        this.#cluster = cluster;
        this.#credentials = credentials;
    }
    async call({ method, path, body, contentType, timeoutMs }) {
        const signal = AbortSignal.timeout(Math.ceil(timeoutMs));
        const credential = await this.#credentials.current();
        const url = new URL(this.server + path);
        const headers = {
            ...credential.headers,
            Accept: 'application/json',
            'User-Agent': 'c4ang-actions',
            ...(body === undefined ? {} : { 'Content-Type': contentType ?? 'application/json' }),
        };
        const send = url.protocol === 'https:' ? external_node_https_.request : external_node_http_.request;
        return exchange(send(url, { method, headers, agent: this.#agentFor(credential), signal }), body);
    }
    /**
     * Comes paused: the first messages arrive with the handshake, before anyone can listen. Resume it then.
     * @throws HandshakeError when the API server says no
     */
    async webSocket(path, protocol, timeoutMs) {
        const credential = await this.#credentials.current();
        const socket = new wrapper/* default */.Ay(this.server.replace(/^http/, 'ws') + path, protocol, {
            headers: { ...credential.headers, 'User-Agent': 'c4ang-actions' },
            agent: this.#agentFor(credential),
            handshakeTimeout: timeoutMs,
            perMessageDeflate: false,
        });
        return new Promise((resolve, reject) => {
            socket.once('open', () => {
                socket.pause();
                resolve(socket);
            });
            socket.once('error', reject);
            socket.once('unexpected-response', (_request, response) => {
                readAnswer(response).then((answer) => reject(new HandshakeError(answer)), reject);
            });
        });
    }
    close() {
        this.#agent?.destroy();
        this.#agent = null;
    }
    #agentFor(credential) {
        const certificate = credential.clientCertificate;
        if (this.#agent === null || this.#agentCert?.cert !== certificate?.cert) {
            this.#agent?.destroy();
            this.#agent = this.#newAgent(certificate);
            this.#agentCert = certificate;
        }
        return this.#agent;
    }
    #newAgent(certificate) {
        const cluster = this.#cluster;
        const common = { keepAlive: true, timeout: idleTimeoutMs, proxyEnv: proxyEnv(cluster) };
        if (!this.server.startsWith('https:'))
            return new external_node_http_.Agent(common);
        const ca = fileOrData(cluster.caFile, cluster.caData);
        return new external_node_https_.Agent({
            ...common,
            ...(ca === undefined ? {} : { ca }),
            ...(certificate ?? {}),
            ...(cluster.tlsServerName ? { servername: cluster.tlsServerName } : {}),
            rejectUnauthorized: !cluster.skipTLSVerify,
        });
    }
}
/** kubeconfig's proxy-url, else the usual variables; never for this machine itself. */
function proxyEnv(cluster) {
    if (cluster.proxyUrl)
        return { HTTP_PROXY: cluster.proxyUrl, HTTPS_PROXY: cluster.proxyUrl };
    const host = new URL(cluster.server).hostname;
    return /^(localhost|127\.|\[::1\])/.test(host) ? {} : process.env;
}

// EXTERNAL MODULE: ./lib/cluster/clusterInputs.js
var clusterInputs = __webpack_require__(453);
// EXTERNAL MODULE: external "node:os"
var external_node_os_ = __webpack_require__(8161);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./node_modules/@kubernetes/client-node/dist/config_types.js
var config_types = __webpack_require__(6617);
// EXTERNAL MODULE: ./node_modules/yaml/dist/index.js
var dist = __webpack_require__(8815);
;// CONCATENATED MODULE: ./lib/cluster/kubeconfig.js



// Not the package's front door: that loads every generated API (600 ms). This file parses, and imports nothing.




const serviceAccount = '/var/run/secrets/kubernetes.io/serviceaccount';
/**
 * Finds the cluster as kubectl does: the file given, else $KUBECONFIG, else ~/.kube/config, else the pod's own
 * service account. Of files listed in $KUBECONFIG the first entry of a name wins.
 * @throws PreconditionError for a file or context that is not there
 */
function findAccess(file, context, env) {
    const given = file ?? (env['KUBECONFIG'] === '' ? undefined : env['KUBECONFIG']);
    const byDefault = (0,external_node_path_.join)(env['HOME'] ?? (0,external_node_os_.homedir)(), '.kube', 'config');
    if (given === undefined && !(0,external_node_fs_.existsSync)(byDefault))
        return inCluster(env, byDefault);
    const paths = given ?? byDefault;
    // A path given as an input is one file, whatever characters it has.
    const files = file === null ? paths.split(external_node_path_.delimiter).filter((path) => path !== '') : [file];
    return choose(files.map(readKubeconfig), context, paths);
}
function readKubeconfig(path) {
    try {
        const raw = (0,dist/* parse */.qg)((0,external_node_fs_.readFileSync)(path, 'utf8'));
        const document = typeof raw === 'object' && raw !== null ? { ...raw } : {};
        const current = document['current-context'];
        const absolute = (file) => ((0,external_node_path_.isAbsolute)(file) ? file : (0,external_node_path_.join)((0,external_node_path_.dirname)(path), file));
        return {
            clusters: (0,config_types/* newClusters */.MA)(document['clusters']).map((cluster) => ({
                ...cluster,
                ...(cluster.caFile ? { caFile: absolute(cluster.caFile) } : {}),
            })),
            contexts: (0,config_types/* newContexts */.FE)(document['contexts']),
            users: (0,config_types/* newUsers */.bw)(document['users']).map((user) => ({
                ...user,
                ...(user.certFile ? { certFile: absolute(user.certFile) } : {}),
                ...(user.keyFile ? { keyFile: absolute(user.keyFile) } : {}),
                ...tokenFile(document['users'], user.name),
            })),
            current: typeof current === 'string' && current !== '' ? current : null,
        };
    }
    catch (error) {
        throw new errors/* PreconditionError */.Rb(`the kubeconfig ${path} cannot be read: ${errorMessage(error)}`, 'Give the path of a kubeconfig in the input kubeconfig, or the EKS cluster in the input cluster.');
    }
}
/** The library looks for `token-file`; kubectl writes `tokenFile`. */
function tokenFile(users, name) {
    const entries = Array.isArray(users) ? users : [];
    for (const entry of entries) {
        const { name: its, user } = entry;
        if (its === name && typeof user?.tokenFile === 'string')
            return byTokenFile(user.tokenFile);
    }
    return undefined;
}
const byTokenFile = (path) => ({
    authProvider: { name: 'tokenFile', config: { tokenFile: path } },
});
function choose(configs, wanted, paths) {
    const contexts = configs.flatMap((config) => config.contexts);
    const name = wanted ?? configs.find((config) => config.current !== null)?.current ?? null;
    const context = contexts.find((candidate) => candidate.name === name);
    if (name === null || context === undefined) {
        const names = [...new Set(contexts.map((candidate) => candidate.name))].join(', ');
        throw new errors/* PreconditionError */.Rb(name === null
            ? `the kubeconfig ${paths} has no current context`
            : `the kubeconfig ${paths} has no context ${name}`, `Set the input context to one that it has: ${names === '' ? '(it has none)' : names}.`);
    }
    const cluster = configs
        .flatMap((config) => config.clusters)
        .find(({ name: its }) => its === context.cluster);
    if (cluster === undefined) {
        throw new errors/* PreconditionError */.Rb(`context ${name} of ${paths} names the cluster ${context.cluster}, which is not in it`, 'Correct the kubeconfig.');
    }
    const user = configs.flatMap((config) => config.users).find(({ name: its }) => its === context.user);
    const title = `context ${name} of ${paths}`;
    return { cluster, user: user ?? { name: 'nobody' }, title, file: { paths, context: name } };
}
function inCluster(env, byDefault) {
    const host = env['KUBERNETES_SERVICE_HOST'];
    if (host === undefined || !(0,external_node_fs_.existsSync)((0,external_node_path_.join)(serviceAccount, 'token'))) {
        throw new errors/* PreconditionError */.Rb(`no cluster is given, and there is neither $KUBECONFIG nor ${byDefault}`, 'Set the input cluster (the name of an EKS cluster), or the input kubeconfig.');
    }
    const address = host.includes(':') ? `[${host}]` : host;
    return {
        cluster: {
            name: 'in-cluster',
            server: `https://${address}:${env['KUBERNETES_SERVICE_PORT'] ?? '443'}`,
            caFile: (0,external_node_path_.join)(serviceAccount, 'ca.crt'),
            skipTLSVerify: false,
        },
        user: { name: 'service-account', ...byTokenFile((0,external_node_path_.join)(serviceAccount, 'token')) },
        title: "the cluster that this runs in, as the pod's service account",
        file: null,
    };
}

;// CONCATENATED MODULE: ./lib/cluster/failures.js


const asked = (verb, resource, namespace, name) => ({ verb, group: resource.group, resource: resource.plural, namespace, name });
const place = ({ verb, resource, namespace, name }) => `${verb} ${resource}${name === null ? '' : ` ${name}`}${namespace === null ? '' : ` in namespace ${namespace}`}`;
/** An answer that is no success, as an error by remedy. Source: Kubernetes API conventions, "Status". */
function refused(what, answer, server) {
    const message = statusMessage(answer);
    const said = `${place(what)}: ${message}`;
    switch (answer.status) {
        case 401:
            return new errors/* ConnectionError */.Rc(`${server} does not accept who we say we are (401): the token or certificate has expired or is not known there`, 'Sign in again (aws eks update-kubeconfig, or renew the kubeconfig), and check that the identity has an access entry in the cluster.');
        case 403:
            return forbidden(what, said, message);
        case 409:
            return new errors/* ConflictError */.fK(said, 'Someone else changed it meanwhile. Run the step again: it reads anew.');
        case 422:
            return unprocessable(said, message);
        case 404:
            return notFound(what, answer, said);
    }
    if (answer.status === 429 || answer.status >= 500) {
        return new errors/* ConnectionError */.Rc(`${said} (${String(answer.status)} from ${server}, after retries)`, "Look at the API server's health, then run the step again.");
    }
    return new errors/* PreconditionError */.Rb(`the API server refused to ${said} (${String(answer.status)})`, 'See what it says.');
}
/** Access control says "cannot <verb> resource"; admission (webhooks, quotas) answers 403 as well. */
function forbidden(what, said, message) {
    if (!/cannot \w+ resource/.test(message) && !/^Forbidden$/i.test(message)) {
        return new errors/* PreconditionError */.Rb(said, 'An admission policy or a quota of the cluster refused it: see what it says.');
    }
    // A WebSocket is opened by GET, which newer API servers authorize as create too (Kubernetes 1.35).
    const verbs = what.resource === 'pods/portforward' ? '["get", "create"]' : `["${what.verb}"]`;
    const where = what.namespace === null ? 'a ClusterRole' : `a Role in namespace ${what.namespace}`;
    return new errors/* PermissionError */.i_(`not allowed to ${said}`, `Add this rule to ${where} that this identity is bound to:\n` +
        `  - apiGroups: ["${what.group}"]\n    resources: ["${what.resource}"]\n    verbs: ${verbs}`);
}
/** A failed `test` of a JSON patch is answered with this sentence and no more; a bad object is "… is invalid: …". */
function unprocessable(said, message) {
    return message.startsWith('the server rejected our request due to an error in our request')
        ? new errors/* ConflictError */.fK(`${said} (a value that the change relies on is no longer there)`, 'Someone else changed it meanwhile. Run the step again: it reads anew.')
        : new errors/* PreconditionError */.Rb(said, 'The object is not valid: see what the API server says.');
}
function notFound(what, answer, said) {
    if (isUnknownKind(answer)) {
        const remedy = what.group.endsWith('istio.io')
            ? 'Install Istio 1.22 or newer there, or check that this is the right cluster.'
            : 'Check that this is the right cluster.';
        return new errors/* PreconditionError */.Rb(`the cluster does not know ${what.resource} of ${what.group}`, remedy);
    }
    return new errors/* PreconditionError */.Rb(said, 'Check the names in the inputs service and namespace.');
}
/** An object that is missing is answered with a Status; a kind that is missing with plain text. */
const isUnknownKind = (answer) => answer.status === 404 && statusOf(answer) === null;
/** The API server's own answer, as opposed to one that it passes on from a pod; null when it is none. */
function statusOf(answer) {
    try {
        const parsed = JSON.parse(answer.body);
        if (typeof parsed !== 'object' || parsed === null)
            return null;
        const { kind, apiVersion, message } = parsed;
        if (kind !== 'Status' || apiVersion !== 'v1')
            return null;
        return { message: typeof message === 'string' ? message : '' };
    }
    catch {
        return null;
    }
}
const statusMessage = (answer) => statusOf(answer)?.message ?? (answer.body.trim().slice(0, 500) || `status ${String(answer.status)}`);
/** Nothing came back at all. */
function unreachable(what, error, server, timeoutMs) {
    const code = errorCode(error);
    const message = isTimeout(error) ? `no answer within ${String(timeoutMs / 1000)} s` : errorMessage(error);
    const remedy = /CERT|SELF_SIGNED|UNABLE_TO/.test(code)
        ? "The server's certificate is not one that the kubeconfig trusts: check certificate-authority-data."
        : 'Check the address, that the cluster runs, and that this machine may reach it (VPN, security groups, private endpoint).';
    return new errors/* ConnectionError */.Rc(`the cluster at ${server} cannot be reached to ${place(what)}: ${message}`, remedy, {
        cause: error,
    });
}

// EXTERNAL MODULE: external "node:stream"
var external_node_stream_ = __webpack_require__(7075);
;// CONCATENATED MODULE: ./lib/cluster/podStream.js

/** What the kubelet said on the error channel of a port-forward. */
class PodStreamError extends Error {
}
const dataChannel = 0;
const errorChannel = 1;
/**
 * One TCP connection to a port inside a pod, carried by one WebSocket of the API server. Each message is a channel
 * number and bytes; the first message on each channel is the port and says nothing new.
 * Source: kubelet, pkg/kubelet/server/portforward/websocket.go (subprotocol v4.channel.k8s.io).
 * Looks enough like a socket for node:http to keep it open between requests.
 */
class PodStream extends external_node_stream_.Duplex {
    #socket = null;
    #opened;
    #sawPort = new Set();
    constructor(open) {
        super();
        this.#opened = open();
        this.#opened.then((socket) => {
            this.#attach(socket);
        }, (error) => {
            this.destroy(error instanceof Error ? error : new Error(String(error)));
        });
    }
    #attach(socket) {
        this.#socket = socket;
        if (this.destroyed) {
            socket.terminate();
            return;
        }
        socket.on('message', (message) => {
            this.#receive(message[0] ?? 0, message.subarray(1));
        });
        socket.on('error', (error) => this.destroy(error));
        socket.on('close', () => {
            this.push(null);
            // A connection that ends in the middle of an answer is an error to node:http by itself.
            this.destroy();
        });
        socket.resume();
    }
    #receive(channel, bytes) {
        if (!this.#sawPort.has(channel)) {
            this.#sawPort.add(channel);
            return;
        }
        if (channel === errorChannel && bytes.length > 0) {
            this.destroy(new PodStreamError(bytes.toString('utf8').trim()));
        }
        if (channel === dataChannel && bytes.length > 0 && !this.push(bytes))
            this.#socket?.pause();
    }
    _read() {
        if (this.#socket?.isPaused === true)
            this.#socket.resume();
    }
    _write(chunk, _encoding, done) {
        const message = Buffer.concat([Buffer.of(dataChannel), chunk]);
        this.#opened.then((socket) => {
            socket.send(message, done);
        }, 
        // The failure to open destroys the stream with its reason.
        () => undefined);
    }
    _final(done) {
        this.#socket?.close();
        done();
    }
    _destroy(error, done) {
        this.#socket?.terminate();
        done(error);
    }
    // What node:http asks of a socket besides. Deadlines are the request's own (its signal).
    setTimeout() {
        return this;
    }
    setNoDelay() {
        return this;
    }
    setKeepAlive() {
        return this;
    }
    ref() {
        return this;
    }
    unref() {
        return this;
    }
}

;// CONCATENATED MODULE: ./lib/cluster/podHttp.js






const subprotocol = 'v4.channel.k8s.io';
/** The API server's handshake alone; the request has its own deadline. */
const handshakeTimeoutMs = 10_000;
/** Keeps its streams open between requests, so that a poll costs one round trip and no handshake. */
class PodAgent extends external_node_http_.Agent {
    #open;
    constructor(open) {
        super({ keepAlive: true });
        this.#open = open;
    }
    createConnection() {
        return this.#open();
    }
}
function portForwardHttp(server) {
    const agents = new Map();
    const streams = new Set();
    const agentFor = (pod, port) => {
        const key = `${pod.namespace}/${pod.name}:${String(port)}`;
        const known = agents.get(key);
        if (known !== undefined)
            return known;
        const path = `/api/v1/namespaces/${encodeURIComponent(pod.namespace)}/pods/${encodeURIComponent(pod.name)}/portforward?ports=${String(port)}`;
        const agent = new PodAgent(() => {
            const stream = new PodStream(() => server.webSocket(path, subprotocol, handshakeTimeoutMs));
            streams.add(stream);
            stream.once('close', () => streams.delete(stream));
            return stream;
        });
        agents.set(key, agent);
        return agent;
    };
    return {
        async request(pod, port, request) {
            const once = () => ask(agentFor(pod, port), port, request);
            try {
                return await once().catch((error) => {
                    // A kept stream whose far end has just gone (the program restarted): once more on a fresh one.
                    if (request.method !== 'POST' && isStale(error))
                        return once();
                    throw error;
                });
            }
            catch (error) {
                throw explain(error, pod, port, request, server.server);
            }
        },
        close() {
            for (const agent of agents.values())
                agent.destroy();
            for (const stream of streams)
                stream.destroy();
            agents.clear();
        },
    };
}
/** The request ran on a stream that had answered before, and met its end. */
class StaleStreamError extends Error {
}
const isStale = (error) => error instanceof StaleStreamError;
async function ask(agent, port, { method = 'GET', path, headers = {}, timeoutMs }) {
    const request = (0,external_node_http_.request)({
        agent,
        method,
        path,
        host: 'localhost',
        port,
        headers: { ...headers, ...(method === 'POST' ? { 'Content-Length': '0' } : {}) },
        signal: AbortSignal.timeout(Math.ceil(timeoutMs)),
    });
    try {
        return await exchange(request);
    }
    catch (error) {
        if (request.reusedSocket && errorCode(error) === 'ECONNRESET') {
            throw new StaleStreamError('the kept stream had ended', { cause: error });
        }
        throw error;
    }
}
function explain(error, pod, port, { path, timeoutMs }, server) {
    const what = {
        verb: 'create',
        group: '',
        resource: 'pods/portforward',
        namespace: pod.namespace,
        name: pod.name,
    };
    const target = `port ${String(port)} of pod ${pod.namespace}/${pod.name}`;
    if (error instanceof errors/* RemedyError */.By)
        return error;
    if (error instanceof HandshakeError && [401, 403].includes(error.answer.status)) {
        return refused(what, error.answer, server);
    }
    if (isTimeout(error)) {
        return new errors/* ConnectionError */.Rc(`${target} gave no answer to ${path} within ${String(timeoutMs / 1000)} s`, 'Look at the pod: kubectl describe and kubectl logs.');
    }
    const byPod = error instanceof HandshakeError ||
        error instanceof PodStreamError ||
        ['ECONNRESET', 'EPIPE'].includes(errorCode(error));
    if (!byPod)
        return unreachable(what, error, server, handshakeTimeoutMs);
    return new errors/* ConnectionError */.Rc(`${target} cannot be asked for ${path}: ${errorMessage(error)}`, 'The pod is gone, is restarting, or does not listen there: kubectl get pods shows it.', { cause: error });
}

;// CONCATENATED MODULE: ./lib/cluster/kubeObject.js

/** An object as the API server sent it. Items of a list come without kind and apiVersion: they are filled in. */
function parseObject(body, resource) {
    return toObject(parseJson(body, resource), resource);
}
function parseList(body, resource) {
    const list = parseJson(body, resource);
    const items = Array.isArray(list.items) ? list.items : [];
    const next = list.metadata?.continue;
    return {
        items: items.map((item) => toObject(item, resource)),
        next: typeof next === 'string' && next !== '' ? next : null,
    };
}
function parseJson(body, resource) {
    try {
        const parsed = JSON.parse(body);
        if (typeof parsed === 'object' && parsed !== null)
            return parsed;
    }
    catch {
        // Said below.
    }
    throw notKubernetes(resource, body);
}
function toObject(value, resource) {
    const { metadata } = (value ?? {});
    if (typeof metadata?.name !== 'string')
        throw notKubernetes(resource, JSON.stringify(value));
    const apiVersion = resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
    return { apiVersion, kind: resource.kind, ...value };
}
const notKubernetes = (resource, body) => new errors/* ConnectionError */.Rc(`the answer for ${resource.plural} is not what Kubernetes sends: ${body.slice(0, 200)}`, 'Something between here and the API server answers in its place (a proxy, a login page): check the address.');

;// CONCATENATED MODULE: ./lib/cluster/restApi.js




/** Each call, retries included. */
const deadlineMs = 10_000;
const firstPauseMs = 100;
const pageSize = 500;
/** Kubernetes by REST. Source: Kubernetes API concepts (resource URIs, dry run, chunks of large lists). */
function restApi(server, clock) {
    const send = sender(server, clock);
    const single = async (what, resource, call) => {
        const answer = await send(what, call);
        if (!isSuccess(answer))
            throw refused(what, answer, server.server);
        return parseObject(answer.body, resource);
    };
    return {
        async get(resource, namespace, name) {
            const what = asked('get', resource, namespaceOf(resource, namespace), name);
            const answer = await send(what, { method: 'GET', path: pathOf(resource, namespace, name) });
            if (answer.status === 404 && !isUnknownKind(answer))
                return null;
            if (!isSuccess(answer))
                throw refused(what, answer, server.server);
            return parseObject(answer.body, resource);
        },
        async list(resource, options) {
            const what = asked('list', resource, options.namespace ?? null, null);
            const objects = [];
            for (let next = ''; next !== null;) {
                const answer = await send(what, { method: 'GET', path: listPath(resource, options, next) });
                if (!isSuccess(answer))
                    throw refused(what, answer, server.server);
                const page = parseList(answer.body, resource);
                objects.push(...page.items);
                next = page.next;
            }
            return objects;
        },
        create: (resource, object) => {
            const namespace = namespaceOf(resource, object.metadata.namespace ?? '');
            return single(asked('create', resource, namespace, object.metadata.name), resource, {
                method: 'POST',
                path: `${pathOf(resource, namespace ?? '')}?${ourself}`,
                body: JSON.stringify(object),
            });
        },
        update: async (resource, object) => {
            const { name, resourceVersion } = object.metadata;
            const namespace = namespaceOf(resource, object.metadata.namespace ?? '');
            const what = asked('update', resource, namespace, name);
            // Without it the API server overwrites whatever is there.
            if (resourceVersion === undefined) {
                throw new errors/* ConflictError */.fK(`update ${resource.plural} ${name} without a resourceVersion`, 'Read it first.');
            }
            return single(what, resource, {
                method: 'PUT',
                path: `${pathOf(resource, namespace ?? '', name)}?${ourself}`,
                body: JSON.stringify(object),
            });
        },
        jsonPatch: (resource, namespace, name, patch, options) => single(asked('patch', resource, namespaceOf(resource, namespace), name), resource, {
            method: 'PATCH',
            path: `${pathOf(resource, namespace, name)}?${ourself}${options?.dryRun === true ? '&dryRun=All' : ''}`,
            body: JSON.stringify(patch),
            contentType: 'application/json-patch+json',
        }),
        async delete(resource, namespace, name) {
            const what = asked('delete', resource, namespaceOf(resource, namespace), name);
            const path = `${pathOf(resource, namespace, name)}?propagationPolicy=Background`;
            const answer = await send(what, { method: 'DELETE', path });
            if (answer.status === 404 && !isUnknownKind(answer))
                return false;
            if (!isSuccess(answer))
                throw refused(what, answer, server.server);
            return true;
        },
    };
}
/** Shows in managedFields who wrote what. */
const ourself = 'fieldManager=c4ang-actions';
/**
 * Sends one call; asks again where that is safe, within the call's deadline: reads after anything that may
 * pass, writes only when the API server said that it did not take them (429) or was not reached at all.
 */
function sender(server, clock, { retries } = { retries: true }) {
    let wasReached = false;
    return async (what, call) => {
        const deadline = clock.monotonic() + deadlineMs;
        const isRead = call.method === 'GET';
        for (let pauseMs = firstPauseMs;; pauseMs *= 2) {
            const leftMs = Math.max(deadline - clock.monotonic(), 1);
            let waitMs = pauseMs;
            try {
                const answer = await server.call({ ...call, timeoutMs: leftMs });
                wasReached = true;
                const mayPass = answer.status === 429 || (isRead && answer.status >= 500);
                if (!retries || !mayPass)
                    return answer;
                const retryAfterMs = Number(answer.headers['retry-after'] ?? '0') * 1000;
                waitMs = Math.max(pauseMs, Number.isFinite(retryAfterMs) ? retryAfterMs : 0);
                if (clock.monotonic() + waitMs >= deadline)
                    return answer;
            }
            catch (error) {
                if (!isTransport(error))
                    throw error;
                const code = errorCode(error);
                // An address that never answered is more likely wrong than busy.
                const mayPass = wasReached && (code === 'ECONNREFUSED' || (isRead && passing.has(code)));
                if (!mayPass || clock.monotonic() + waitMs >= deadline) {
                    throw unreachable(what, error, server.server, deadlineMs);
                }
            }
            await clock.sleep(waitMs);
        }
    };
}
const passing = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH']);
/** What node:http rejects with: system and TLS errors carry a code, aborted calls a name. */
const isTransport = (error) => errorCode(error) !== '' || isTimeout(error);
const isSuccess = ({ status }) => status >= 200 && status < 300;
const namespaceOf = (resource, namespace) => resource.namespaced ? namespace : null;
/** Of one object, or of the collection without `name`. */
function pathOf(resource, namespace, name) {
    const { group, version, plural, namespaced } = resource;
    const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
    const scope = namespaced && namespace ? `/namespaces/${encodeURIComponent(namespace)}` : '';
    return `${root}${scope}/${plural}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`;
}
function listPath(resource, options, next) {
    const query = new URLSearchParams({ limit: String(pageSize) });
    const selector = Object.entries(options.labels ?? {}).map(([key, value]) => `${key}=${value}`);
    if (selector.length > 0)
        query.set('labelSelector', selector.join(','));
    if (next !== '')
        query.set('continue', next);
    return `${pathOf(resource, options.namespace ?? null)}?${query.toString()}`;
}

;// CONCATENATED MODULE: ./lib/cluster/podProxy.js



function apiServerPodProxy(server, clock) {
    const send = sender(server, clock, { retries: false });
    return {
        async get(pod, port, path) {
            const proxied = `/api/v1/namespaces/${encodeURIComponent(pod.namespace)}/pods/${encodeURIComponent(pod.name)}:${String(port)}/proxy${path}`;
            const what = {
                verb: 'get',
                group: '',
                resource: 'pods/proxy',
                namespace: pod.namespace,
                name: `${pod.name}:${String(port)}`,
            };
            const answer = await send(what, { method: 'GET', path: proxied });
            const status = statusOf(answer);
            // The application's own answers pass through with their status; only the API server speaks in Status objects.
            if (status === null || answer.status < 400)
                return answer;
            if ([401, 403].includes(answer.status))
                throw refused(what, answer, server.server);
            throw new errors/* ConnectionError */.Rc(`port ${String(port)} of pod ${pod.namespace}/${pod.name} cannot be reached through the API server: ${status.message}`, 'Look at the pod: kubectl describe and kubectl logs.');
        },
    };
}

;// CONCATENATED MODULE: ./lib/cluster/temporaryKubeconfig.js




/**
 * Writes a kubeconfig with the bearer token of this moment, for a program that cannot mint one:
 * mode 0600 in a folder of its own (0700) under RUNNER_TEMP. The caller removes it.
 */
async function temporaryKubeconfig(cluster, credentials, env) {
    const { headers } = await credentials.current();
    const folder = (0,external_node_fs_.mkdtempSync)((0,external_node_path_.join)(env['RUNNER_TEMP'] ?? (0,external_node_os_.tmpdir)(), 'c4ang-'));
    const path = (0,external_node_path_.join)(folder, 'kubeconfig');
    const ca = cluster.caData ?? (cluster.caFile ? (0,external_node_fs_.readFileSync)(cluster.caFile).toString('base64') : undefined);
    const config = {
        apiVersion: 'v1',
        kind: 'Config',
        'current-context': 'release',
        clusters: [
            {
                name: 'release',
                cluster: { server: cluster.server, ...(ca ? { 'certificate-authority-data': ca } : {}) },
            },
        ],
        users: [{ name: 'release', user: { token: (headers['Authorization'] ?? '').replace(/^Bearer /, '') } }],
        contexts: [{ name: 'release', context: { cluster: 'release', user: 'release' } }],
    };
    (0,external_node_fs_.writeFileSync)(path, (0,dist/* stringify */.As)(config), { mode: 0o600 });
    return {
        argv: ['--kube-context', 'release'],
        env: { KUBECONFIG: path },
        remove: () => (0,external_node_fs_.rmSync)(folder, { recursive: true, force: true }),
    };
}

;// CONCATENATED MODULE: ./lib/cluster/connect.js








/**
 * @throws InputError for a cluster named in two ways; PreconditionError for a kubeconfig that does not serve;
 * for EKS also ConnectionError and PermissionError (eks:DescribeCluster)
 */
async function connect(inputs, clock, env) {
    (0,clusterInputs/* refuseTwoClusters */.U)(inputs);
    if (inputs.cluster === null) {
        const access = findAccess(inputs.kubeconfig, inputs.context, env);
        return connection(access, userCredentials(access.user), clock, () => Promise.resolve(sameFile(access)));
    }
    // Loaded here, so that a step that does not sign in to EKS does not load the AWS SDK.
    const { eksAccess } = await Promise.all(/* import() */[__webpack_require__.e(524), __webpack_require__.e(710)]).then(__webpack_require__.bind(__webpack_require__, 7710));
    const { access, credentials } = await eksAccess(inputs.cluster, inputs['aws-region'], clock);
    return connection(access, credentials, clock, () => temporaryKubeconfig(access.cluster, credentials, env));
}
function connection(access, credentials, clock, programAccess) {
    const server = new ApiServer(access.cluster, credentials);
    const podHttp = portForwardHttp(server);
    return {
        title: `${access.title} (${server.server})`,
        api: restApi(server, clock),
        podHttp,
        podProxy: apiServerPodProxy(server, clock),
        programAccess,
        close() {
            podHttp.close();
            server.close();
        },
    };
}
/** The program reads the very kubeconfig that we read. */
function sameFile({ file }) {
    return {
        argv: file === null ? [] : ['--kube-context', file.context],
        env: file === null ? {} : { KUBECONFIG: file.paths },
        remove: () => undefined,
    };
}

// EXTERNAL MODULE: ./lib/cluster/resources.js
var resources = __webpack_require__(1735);
;// CONCATENATED MODULE: ./lib/cluster/guardedApi.js

/**
 * An API through which a process that has lost its lease changes nothing. Before routing is written the cluster is
 * asked: together with the compare and swap of each write, no write of the loser comes after the first one of the
 * process that took the lease.
 */
function guardedApi(api, lease) {
    const allow = async (resource) => {
        if (resource === resources/* leases */.Q)
            return;
        lease.assertKept();
        if (resource === resources/* virtualServices */.Km || resource === resources/* destinationRules */.al)
            await lease.check();
    };
    return {
        get: (resource, namespace, name) => api.get(resource, namespace, name),
        list: (resource, options) => api.list(resource, options),
        create: async (resource, object) => {
            await allow(resource);
            return api.create(resource, object);
        },
        update: async (resource, object) => {
            await allow(resource);
            return api.update(resource, object);
        },
        jsonPatch: async (resource, namespace, name, patch, options) => {
            if (options?.dryRun !== true)
                await allow(resource);
            return api.jsonPatch(resource, namespace, name, patch, options);
        },
        delete: async (resource, namespace, name) => {
            await allow(resource);
            return api.delete(resource, namespace, name);
        },
    };
}

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
;// CONCATENATED MODULE: ./lib/cluster/holder.js



function thisHolder(action, run, env) {
    const place = placeOf(env);
    const own = statOf(process.pid);
    return {
        identity: `${action}_${(0,external_node_os_.hostname)()}_${(0,external_node_crypto_.randomUUID)()}`,
        title: `${action} of ${run.url ?? (0,external_node_os_.hostname)()}, by ${run.actor ?? 'nobody named'}`,
        process: place === null || own === null ? '' : `${place}/${String(process.pid)}/${own.start}`,
        hasEnded(other) {
            const [, otherPlace, pid, start] = /^([0-9a-f]+)\/(\d+)\/(\d+)$/.exec(other) ?? [];
            if (place === null || otherPlace !== place)
                return false;
            return !isRunning(Number(pid), start ?? '');
        },
    };
}
/**
 * One boot of one machine, one pid namespace, one job: only there a pid means the same process. The job, because
 * machines restored from one snapshot believe to be the same.
 */
function placeOf(env) {
    try {
        const parts = [
            (0,external_node_fs_.readFileSync)('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
            (0,external_node_fs_.readlinkSync)('/proc/self/ns/pid'),
            (0,external_node_os_.hostname)(),
            ...['GITHUB_RUN_ID', 'GITHUB_RUN_ATTEMPT', 'GITHUB_JOB', 'RUNNER_NAME'].map((name) => env[name] ?? ''),
        ];
        return (0,external_node_crypto_.createHash)('sha256').update(parts.join('\n')).digest('hex').slice(0, 16);
    }
    catch {
        // Not Linux: then a lease that was left behind is waited for.
        return null;
    }
}
function isRunning(pid, start) {
    try {
        process.kill(pid, 0);
    }
    catch (error) {
        // EPERM: it is there, and somebody else's.
        return error.code !== 'ESRCH';
    }
    const stat = statOf(pid);
    return stat === null || (stat.start === start && !'ZX'.includes(stat.state));
}
/** proc(5): the command may hold anything, so what counts is what follows its last bracket. */
function statOf(pid) {
    try {
        const text = (0,external_node_fs_.readFileSync)(`/proc/${String(pid)}/stat`, 'utf8');
        const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
        const [state, start] = [fields[0], fields[19]];
        return state === undefined || start === undefined ? null : { state, start };
    }
    catch {
        return null;
    }
}

// EXTERNAL MODULE: ./lib/domain/json.js
var json = __webpack_require__(7708);
;// CONCATENATED MODULE: ./lib/domain/lease.js

const titleAnnotation = 'actions.c4ang.com/holder';
const processAnnotation = 'actions.c4ang.com/process';
const usualSeconds = 15;
/** Source: coordination.k8s.io/v1 Lease. @returns null for a lease that nobody holds */
function parseLease(lease) {
    const spec = (0,json/* objectAt */.lJ)(lease, 'spec');
    const identity = (0,json/* textAt */.$6)(spec, 'holderIdentity') ?? '';
    if (identity === '')
        return null;
    const annotations = (0,json/* textsAt */.i1)((0,json/* objectAt */.lJ)(lease, 'metadata'), 'annotations');
    const durationMs = ((0,json/* numberAt */.tk)(spec, 'leaseDurationSeconds') ?? usualSeconds) * 1_000;
    const renewedMs = timeAt(spec, 'renewTime');
    return {
        holder: {
            identity,
            title: annotations[titleAnnotation] ?? identity,
            since: new Date(timeAt(spec, 'acquireTime')).toISOString(),
            expires: new Date(renewedMs + durationMs).toISOString(),
        },
        process: annotations[processAnnotation] ?? '',
        renewedMs,
        durationMs,
    };
}
/** A claim without a time has never been renewed. */
function timeAt(spec, field) {
    const ms = Date.parse((0,json/* textAt */.$6)(spec, field) ?? '');
    return Number.isFinite(ms) ? ms : 0;
}
const isExpired = ({ renewedMs, durationMs }, nowMs) => renewedMs + durationMs <= nowMs;
/** Kubernetes' MicroTime wants exactly six digits. */
const microTime = (ms) => new Date(ms).toISOString().replace('Z', '000Z');

;// CONCATENATED MODULE: ./lib/runtime/within.js
/**
 * The answer, if it comes in time. What was asked goes on all the same.
 * @throws Error when it does not
 */
async function within(clock, ms, answer) {
    let stop = () => undefined;
    const late = new Promise((_, reject) => {
        stop = clock.every(ms, () => reject(new Error(`no answer within ${String(ms / 1_000)} s`)));
    });
    try {
        return await Promise.race([answer, late]);
    }
    finally {
        stop();
    }
}

;// CONCATENATED MODULE: ./lib/cluster/leaseWrites.js




const durationMs = 15_000;
const attempts = 5;
const leaseName = ({ service }) => `${service}-release`;
function leaseWrites(api, clock, me) {
    const read = (name) => api.get(resources/* leases */.Q, name.namespace, leaseName(name));
    const isOurs = ({ holder }) => holder.identity === me.identity;
    const once = async (name, isOver) => {
        const found = await read(name);
        const claim = found === null ? null : parseLease(found);
        const other = claim === null || isOurs(claim) ? null : claim;
        if (other !== null && !isOver(other))
            return { kind: 'busy', holder: other.holder };
        const ours = claimed(name, found, me, clock.now());
        const lease = await (found === null ? api.create(resources/* leases */.Q, ours) : api.update(resources/* leases */.Q, ours));
        return { kind: 'claimed', lease, from: other?.holder ?? null };
    };
    return {
        async read(name) {
            const found = await read(name);
            return found === null ? null : parseLease(found);
        },
        isOurs,
        async claim(name, isOver) {
            for (let attempt = 1;; attempt += 1) {
                try {
                    return await once(name, isOver);
                }
                catch (error) {
                    // A connection that broke does not tell whether the write arrived: the next look does.
                    const mayPass = error instanceof errors/* ConflictError */.fK || (error instanceof errors/* ConnectionError */.Rc && attempt === 1);
                    if (!mayPass || attempt === attempts)
                        throw error;
                }
            }
        },
        renew: (lease) => api.update(resources/* leases */.Q, {
            ...lease,
            spec: { ...(0,json/* objectAt */.lJ)(lease, 'spec'), renewTime: microTime(clock.now()) },
        }),
        async clear(lease) {
            const { leaseTransitions } = (0,json/* objectAt */.lJ)(lease, 'spec');
            await api.update(resources/* leases */.Q, { ...lease, spec: { leaseTransitions } });
        },
    };
}
function claimed(name, found, me, nowMs) {
    const before = found === null ? {} : (0,json/* objectAt */.lJ)(found, 'spec');
    const isOurs = (0,json/* textAt */.$6)(before, 'holderIdentity') === me.identity;
    const now = microTime(nowMs);
    return {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: {
            ...found?.metadata,
            name: leaseName(name),
            namespace: name.namespace,
            labels: {
                ...found?.metadata.labels,
                'app.kubernetes.io/managed-by': 'c4ang-actions',
                'app.kubernetes.io/name': name.service,
            },
            annotations: {
                ...found?.metadata.annotations,
                [titleAnnotation]: me.title,
                [processAnnotation]: me.process,
            },
        },
        spec: {
            holderIdentity: me.identity,
            leaseDurationSeconds: durationMs / 1_000,
            acquireTime: isOurs ? ((0,json/* textAt */.$6)(before, 'acquireTime') ?? now) : now,
            renewTime: now,
            leaseTransitions: ((0,json/* numberAt */.tk)(before, 'leaseTransitions') ?? -1) + (isOurs ? 0 : 1),
        },
    };
}

;// CONCATENATED MODULE: ./lib/cluster/heldLease.js



const renewEveryMs = 5_000;
/** Also how long a renewal that failed is left alone. */
const tickMs = 1_000;
/** Before somebody else may think that it is over. */
const giveUpMs = durationMs - 2_000;
const releaseTimeoutMs = 2_000;
/** Renews a claimed lease until it is released or lost. */
function holdClaimed(writes, clock, name, { lease: first, from, sentMs, isTaken }) {
    const lost = new AbortController();
    let lease = first;
    let renewedMs = sentMs;
    let underWay = null;
    let isReleased = false;
    const lose = (error) => {
        stop();
        if (!isTaken)
            lost.abort(error);
    };
    const renew = async () => {
        const askedMs = clock.monotonic();
        try {
            lease = await writes.renew(lease);
        }
        catch (error) {
            if (!(error instanceof errors/* ConflictError */.fK) && !(error instanceof errors/* PreconditionError */.Rb))
                return;
            // Someone else wrote: a new holder, a person with kubectl, or this process with an answer that got lost.
            const again = await writes.claim(name, () => false);
            if (again.kind === 'busy') {
                lose(taken(name, again.holder));
                return;
            }
            lease = again.lease;
        }
        renewedMs = askedMs;
    };
    const tick = () => {
        const ageMs = clock.monotonic() - renewedMs;
        if (ageMs >= giveUpMs)
            lose(notRenewed(name, ageMs));
        else if (ageMs >= renewEveryMs) {
            underWay ??= renew()
                .catch(() => undefined)
                .finally(() => (underWay = null));
        }
    };
    const stop = clock.every(tickMs, tick);
    return {
        signal: lost.signal,
        takenFrom: from,
        async check() {
            lost.signal.throwIfAborted();
            if (isTaken || isReleased)
                return;
            const claim = await writes.read(name);
            // Deleted or cleared by hand: the next renewal claims it again, and nobody else has it.
            if (claim === null || writes.isOurs(claim))
                return;
            lose(taken(name, claim.holder));
            lost.signal.throwIfAborted();
        },
        async release() {
            stop();
            if (isReleased || lost.signal.aborted)
                return;
            isReleased = true;
            const clear = async () => {
                await underWay;
                await writes.clear(lease);
            };
            await within(clock, releaseTimeoutMs, clear()).catch(() => undefined);
        },
        retire() {
            stop();
            isReleased = true;
        },
    };
}
const taken = ({ service }, { title, since }) => new errors/* LostLeaseError */.PU(`the release lease of ${service} was taken by ${title}, at ${since}: this step stops, and puts nothing back`, 'Whoever took it decides what serves now: look there first, then run this step again if it is still wanted.');
const notRenewed = (name, ageMs) => new errors/* LostLeaseError */.PU(`the release lease ${name.namespace}/${leaseName(name)} could not be renewed for ${String(Math.round(ageMs / 1_000))} s, and somebody else may have it by now: this step stops, and puts nothing back`, 'Look whether the API server answers (kubectl get --raw /readyz), then run this step again: it goes on from what it finds.');

;// CONCATENATED MODULE: ./lib/cluster/releaseLease.js





const lookEveryMs = 500;
/** What a rollback gives the lease at most. */
const takeTimeoutMs = 2_000;
function clusterLease(api, clock, log, me) {
    const writes = leaseWrites(api, clock, me);
    const held = new Map();
    const keep = (name, claimed) => {
        const one = holdClaimed(writes, clock, name, claimed);
        held.set(keyOf(name), one);
        return one;
    };
    return {
        async hold(name, { onBusy, timeoutMs, signal }) {
            const watcher = expiryWatcher(clock, me);
            const deadline = clock.monotonic() + timeoutMs;
            for (let isSaid = false;; isSaid = true) {
                signal.throwIfAborted();
                const sentMs = clock.monotonic();
                const outcome = await writes.claim(name, watcher);
                if (outcome.kind === 'claimed') {
                    if (outcome.from !== null)
                        log.info(`${outcome.from.title} left its lease behind: it is ours now`);
                    return keep(name, { ...outcome, sentMs, isTaken: false });
                }
                const leftMs = deadline - clock.monotonic();
                if (onBusy === 'fail' || leftMs <= 0)
                    throw busy(name, outcome.holder, onBusy, timeoutMs);
                if (!isSaid)
                    log.info(`waiting for ${describe(outcome.holder)}`);
                await clock.sleep(Math.min(lookEveryMs, leftMs), signal);
            }
        },
        async take(name) {
            // What this process held until now, or has lost, has no say in its rollback.
            held.get(keyOf(name))?.retire();
            held.delete(keyOf(name));
            const sentMs = clock.monotonic();
            const taken = writes
                .claim(name, () => true)
                .then((outcome) => {
                if (outcome.kind !== 'claimed')
                    throw new Error(`${outcome.holder.title} keeps taking it`);
                if (outcome.from !== null)
                    log.info(`the lease is taken from ${describe(outcome.from)}`);
                return keep(name, { ...outcome, sentMs, isTaken: true });
            });
            try {
                return await within(clock, takeTimeoutMs, taken);
            }
            catch (error) {
                const reason = error instanceof Error ? error.message : String(error);
                log.warning(`the release lease ${leaseName(name)} could not be taken, which stops no rollback: ${reason}`);
                return withoutLease();
            }
        },
        async read(name) {
            const claim = await writes.read(name);
            return claim === null || isExpired(claim, clock.now()) || me.hasEnded(claim.process)
                ? null
                : claim.holder;
        },
        async check() {
            for (const one of held.values())
                await one.check();
        },
        assertKept() {
            for (const { signal } of held.values())
                signal.throwIfAborted();
        },
        async releaseAll() {
            await Promise.all([...held.values()].map((one) => one.release()));
        },
    };
}
/**
 * Whether a claim is over: by its own time, by its process having ended here, or by nobody having renewed it while
 * we looked on for as long as it lasts: that needs no clocks that agree (as client-go's leader election does).
 */
function expiryWatcher(clock, me) {
    let seen = '';
    let sinceMs = 0;
    return (claim) => {
        const now = `${claim.holder.identity} ${String(claim.renewedMs)}`;
        if (seen !== now) {
            seen = now;
            sinceMs = clock.monotonic();
        }
        return (isExpired(claim, clock.now()) ||
            me.hasEnded(claim.process) ||
            clock.monotonic() - sinceMs >= claim.durationMs);
    };
}
const keyOf = ({ service, namespace }) => `${namespace}/${service}`;
const describe = ({ title, since }) => `${title}, since ${since}`;
function busy({ service, namespace }, holder, onBusy, timeoutMs) {
    const waited = onBusy === 'wait' ? ` (waited ${String(timeoutMs / 1_000)} s)` : '';
    return new errors/* BusyError */.qB(`another release of ${service} is under way${waited}: ${describe(holder)}; its lease lasts until ${holder.expires} and is renewed while it works`, `Let it end and run this step again, or give it longer (on-busy: wait, busy-timeout). To end it now and go back, use rollback: it takes the lease. See it: kubectl get lease ${service}-release -n ${namespace} -o yaml`);
}
const withoutLease = () => ({
    signal: new AbortController().signal,
    takenFrom: null,
    check: () => Promise.resolve(),
    release: () => Promise.resolve(),
});

// EXTERNAL MODULE: ./lib/cluster/releaseRecord.js + 2 modules
var releaseRecord = __webpack_require__(9709);
// EXTERNAL MODULE: ./lib/domain/jsonPatch.js
var jsonPatch = __webpack_require__(2632);
;// CONCATENATED MODULE: ./lib/domain/destination.js
/**
 * A host as a VirtualService or DestinationRule names it, in full: Istio completes a short name with
 * the namespace of the object that it stands in. `name.namespace` and `name.namespace.svc` are taken
 * for what their writers mean.
 */
function resolveHost(host, namespace) {
    const [service, second, third, ...rest] = host.toLowerCase().split('.');
    if (service === undefined || service.includes('*'))
        return host;
    if (second === undefined)
        return `${service}.${namespace}.svc.cluster.local`;
    if (third === undefined || (third === 'svc' && rest.length === 0)) {
        return `${service}.${second}.svc.cluster.local`;
    }
    return host.toLowerCase();
}
/** Whether a VirtualService's host stands for a full name: itself, or a wildcard over it. */
function hostCovers(host, namespace, fullName) {
    if (host === '*')
        return true;
    if (host.startsWith('*.'))
        return fullName.endsWith(host.slice(1));
    return resolveHost(host, namespace) === fullName;
}

// EXTERNAL MODULE: ./lib/domain/host.js
var domain_host = __webpack_require__(576);
// EXTERNAL MODULE: ./lib/domain/routing.js
var domain_routing = __webpack_require__(7926);
// EXTERNAL MODULE: ./lib/domain/slot.js
var domain_slot = __webpack_require__(4398);
;// CONCATENATED MODULE: ./lib/domain/weights.js
/**
 * What Envoy makes of two weights, in whole percent. Istio leaves out a destination of weight 0, reads
 * an absent one as 0, and has no rule that they add up to 100: 30 and 30 are served 50/50. Whoever gets
 * anything shows at least 1, so that no slot ever looks idle that is not.
 */
function effectiveSplit(blueWeight, greenWeight) {
    const blue = blueWeight ?? 0;
    const green = greenWeight ?? 0;
    if (blue <= 0 && green <= 0)
        return { blue: 0, green: 0 };
    if (green <= 0)
        return { blue: 100, green: 0 };
    if (blue <= 0)
        return { blue: 0, green: 100 };
    const share = Math.min(99, Math.max(1, Math.round((blue * 100) / (blue + green))));
    return { blue: share, green: 100 - share };
}

;// CONCATENATED MODULE: ./lib/domain/managedRoutes.js






/** The name of the routes that verify-green opens, by which a later run finds what a killed one left. */
const previewName = (service) => `${service}-preview`;
/** Finds the http routes to a service in one VirtualService, and everything in it that weights cannot steer. */
function readRoutes(vs, spec, service) {
    const routes = [];
    const previews = [];
    const leftAlone = [];
    const ports = [];
    const problems = [...unsupportedProtocols(vs, spec, service)];
    for (const [index, route] of (0,json/* objectsAt */.yR)(spec, 'http')) {
        const entries = (0,json/* objectsAt */.yR)(route, 'route').map(([place, item]) => readEntry(place, item, service, vs.namespace));
        const ours = entries.filter((entry) => entry.ours);
        if (ours.length === 0)
            continue;
        const name = (0,json/* textAt */.$6)(route, 'name');
        if (name === previewName(service.service)) {
            previews.push(index);
            continue;
        }
        const where = `route ${name ?? `number ${String(index + 1)}`} of ${(0,domain_routing/* formatObject */.j)('VirtualService', vs)}`;
        const found = routeProblems(where, entries, service.service);
        problems.push(...found);
        const blue = slotEntry(ours, 'blue');
        const green = slotEntry(ours, 'green');
        if (found.length > 0 || blue === null || green === null) {
            leftAlone.push(index);
            continue;
        }
        ports.push(...ours.map((entry) => entry.port));
        const split = effectiveSplit(blue.weight, green.weight);
        routes.push({ index, name, destinations: { blue, green }, split });
    }
    return { routes, previews, leftAlone, ports, problems };
}
function readEntry(index, item, service, namespace) {
    const destination = (0,json/* objectAt */.lJ)(item, 'destination');
    const host = (0,json/* textAt */.$6)(destination, 'host');
    return {
        index,
        ours: host !== null && resolveHost(host, namespace) === (0,domain_host/* fqdn */.Y)(service),
        subset: (0,json/* textAt */.$6)(destination, 'subset'),
        port: (0,json/* numberAt */.tk)((0,json/* objectAt */.lJ)(destination, 'port'), 'number'),
        weight: (0,json/* numberAt */.tk)(item, 'weight'),
    };
}
function slotEntry(entries, slot) {
    const entry = entries.find(({ subset }) => subset === slot);
    return entry === undefined ? null : { slot, index: entry.index, weight: entry.weight };
}
function routeProblems(where, entries, service) {
    const problems = [];
    const bothEntries = `Give it two entries for ${service}: subset blue and subset green, with weights 100 and 0.`;
    if (entries.some((entry) => !entry.ours)) {
        problems.push({
            what: `${where} splits between ${service} and another host`,
            remedy: `Give ${service} a route of its own: a switch moves whole routes between blue and green.`,
        });
    }
    for (const { subset } of entries.filter((entry) => entry.ours)) {
        if (subset === null || subset === '') {
            problems.push({ what: `${where} sends to ${service} without a subset`, remedy: bothEntries });
        }
        else if (subset !== 'blue' && subset !== 'green') {
            problems.push({ what: `${where} sends to subset ${subset} of ${service}`, remedy: bothEntries });
        }
    }
    if (problems.length > 0)
        return problems;
    for (const slot of domain_slot/* slots */.Q) {
        const count = entries.filter(({ subset }) => subset === slot).length;
        if (count === 0) {
            problems.push({
                what: `${where} has no entry for subset ${slot}`,
                remedy: `Add to its route list: {destination: {host: ${service}, subset: ${slot}}, weight: 0}. Both entries stay, always.`,
            });
        }
        else if (count > 1) {
            problems.push({
                what: `${where} has ${String(count)} entries for subset ${slot}`,
                remedy: 'Keep one of them: one slot, one weight.',
            });
        }
    }
    return problems;
}
/** tcp and tls routes to the service: their traffic would stay behind when http moves. */
function unsupportedProtocols(vs, spec, service) {
    return ['tcp', 'tls'].flatMap((protocol) => (0,json/* objectsAt */.yR)(spec, protocol).flatMap(([index, route]) => {
        const ours = (0,json/* objectsAt */.yR)(route, 'route').some(([place, item]) => readEntry(place, item, service, vs.namespace).ours);
        if (!ours)
            return [];
        return [
            {
                what: `${protocol} route number ${String(index + 1)} of ${(0,domain_routing/* formatObject */.j)('VirtualService', vs)} sends to ${service.service}`,
                remedy: 'Only http routes can be switched so far: take it out, or route it as http.',
            },
        ];
    }));
}

;// CONCATENATED MODULE: ./lib/domain/previewPlan.js



/**
 * The header route: before each managed route a clone of it, with the same timeout, retries, cors, headers,
 * rewrite and all the rest, matching the header besides, with the slot as its only destination. What an
 * earlier run left open is replaced.
 */
const planOpenPreview = (vs, service, preview) => planPreviews(vs, (route, http) => cloneRoute(http, route, previewName(service), preview));
/** Takes every preview route out again. */
const planClosePreview = (vs) => planPreviews(vs, () => null);
function planPreviews(vs, clone) {
    const spec = (0,json/* objectAt */.lJ)(vs.object, 'spec');
    const http = (0,json/* listAt */.gT)(spec, 'http');
    const steps = [];
    const after = [];
    // From the last to the first, so that no step moves what a later one points at.
    for (let index = http.length - 1; index >= 0; index -= 1) {
        const path = `/spec/http/${String(index)}`;
        const item = http[index];
        if (vs.previews.includes(index)) {
            steps.push({ op: 'test', path, value: item }, { op: 'remove', path });
            continue;
        }
        after.unshift(item);
        const route = vs.routes.find((managed) => managed.index === index);
        const cloned = route !== undefined && (0,json/* isObject */.Gv)(item) ? clone(route, item) : null;
        if (cloned === null)
            continue;
        steps.push({ op: 'add', path, value: cloned });
        after.unshift(cloned);
    }
    // Nothing to do, or exactly this was open already.
    if ((0,json/* sameJson */.Vk)(after, http))
        return { patch: [], expectedSpec: spec };
    return { patch: [(0,jsonPatch/* testVersion */.B)(vs.resourceVersion), ...steps], expectedSpec: { ...spec, http: after } };
}
/** null when no request can match both the route and the header. */
function cloneRoute(http, route, name, { slot, header, value }) {
    const entry = (0,json/* listAt */.gT)(http, 'route')[route.destinations[slot].index];
    if (!(0,json/* isObject */.Gv)(entry))
        return null;
    const wanted = { [header]: { exact: value } };
    const given = (0,json/* objectsAt */.yR)(http, 'match').map(([, match]) => match);
    const matches = given.length === 0
        ? [{ headers: wanted }]
        : given
            .filter((match) => !(header in (0,json/* objectAt */.lJ)(match, 'headers')) && !(header in (0,json/* objectAt */.lJ)(match, 'withoutHeaders')))
            .map((match) => ({ ...match, headers: { ...(0,json/* objectAt */.lJ)(match, 'headers'), ...wanted } }));
    return matches.length === 0 ? null : { ...http, name, match: matches, route: [(0,json/* without */.FF)(entry, 'weight')] };
}

// EXTERNAL MODULE: ./lib/domain/switchPlan.js
var switchPlan = __webpack_require__(8285);
;// CONCATENATED MODULE: ./lib/domain/readVirtualService.js





/** What one VirtualService, as the API server gives it, means for a service. */
function readVirtualService(object, service, purpose) {
    const metadata = (0,json/* objectAt */.lJ)(object, 'metadata');
    const spec = (0,json/* objectAt */.lJ)(object, 'spec');
    const vs = { namespace: (0,json/* textAt */.$6)(metadata, 'namespace') ?? '', name: (0,json/* textAt */.$6)(metadata, 'name') ?? '' };
    const { routes, previews, leftAlone, ports, problems } = readRoutes(vs, spec, service);
    if (routes.length === 0 && previews.length === 0 && problems.length === 0)
        return { kind: 'unrelated' };
    const hosts = texts(spec, 'hosts');
    const refused = [
        ...problems,
        ...delegateProblems(vs, hosts, service),
        ...orphanProblems(vs, routes.length, problems),
    ];
    const isUseful = purpose === 'back' && routes.length + previews.length > 0;
    if (refused.length > 0 && !isUseful)
        return { kind: 'refused', problems: refused };
    const bound = texts(spec, 'gateways');
    const mesh = bound.length === 0 || bound.includes('mesh');
    return {
        kind: 'managed',
        overlooked: refused,
        ports,
        virtualService: {
            ...vs,
            resourceVersion: (0,json/* textAt */.$6)(metadata, 'resourceVersion') ?? '',
            hosts,
            gateways: bound.filter((name) => name !== 'mesh').map((name) => gatewayPlace(name, vs.namespace)),
            mesh,
            governsMesh: mesh && hosts.some((host) => hostCovers(host, vs.namespace, (0,domain_host/* fqdn */.Y)(service))),
            routes,
            previews,
            leftAlone,
            object,
        },
    };
}
const texts = (parent, field) => (0,json/* listAt */.gT)(parent, field).filter((item) => typeof item === 'string');
/** `name`, `namespace/name`, or `./name` for the VirtualService's own namespace. */
function gatewayPlace(text, namespace) {
    const [first = '', second] = text.split('/');
    if (second === undefined)
        return { namespace, name: first };
    return { namespace: first === '.' ? namespace : first, name: second };
}
/** A VirtualService without hosts is a delegate: its routes are served under the name of its root. */
function delegateProblems(vs, hosts, { service }) {
    if (hosts.length > 0)
        return [];
    return [
        {
            what: `${(0,domain_routing/* formatObject */.j)('VirtualService', vs)} has no hosts: it is a delegate`,
            remedy: `Delegates are not supported yet: move its routes to ${service} into the VirtualService that names it.`,
        },
    ];
}
/** Only preview routes are left: whoever removed the real ones left the service without a route. */
function orphanProblems(vs, managed, problems) {
    if (managed > 0 || problems.length > 0)
        return [];
    return [
        {
            what: `${(0,domain_routing/* formatObject */.j)('VirtualService', vs)} has preview routes of the service but no route that they are a copy of`,
            remedy: 'Remove the preview routes from it.',
        },
    ];
}

;// CONCATENATED MODULE: ./lib/mesh/writeRouting.js






const writeRouting_attempts = 5;
/**
 * Makes a plan from what was read and writes it, compare and swap; on conflict reads and plans again.
 * @param reread the object as it is now
 * @returns the object as it was just before the write; null when nothing had to be written
 * @throws ConflictError after five lost races; PreconditionError when something else changed what was written
 */
async function writePlanned(api, resource, read, planFor, reread) {
    let current = read;
    for (let attempt = 1;; attempt += 1) {
        const plan = planFor(current);
        if (plan.patch.length === 0)
            return null;
        try {
            const written = await api.jsonPatch(resource, current.namespace, current.name, plan.patch);
            await compare(api, resource, current, plan, written);
            return current;
        }
        catch (error) {
            if (!(error instanceof errors/* ConflictError */.fK) || attempt === writeRouting_attempts)
                throw error;
            current = await reread();
        }
    }
}
/** Nothing but what was planned may differ (an admission webhook could have its own ideas): else put back. */
async function compare(api, resource, before, plan, written) {
    const same = (0,json/* sameJson */.Vk)(written['spec'], plan.expectedSpec) && (0,json/* sameJson */.Vk)(lasting(written), lasting(before.object));
    if (same)
        return;
    const put = await api.jsonPatch(resource, before.namespace, before.name, [
        (0,jsonPatch/* testVersion */.B)(written.metadata.resourceVersion ?? ''),
        { op: 'replace', path: '/spec', value: before.object['spec'] },
    ]);
    const back = (0,json/* sameJson */.Vk)(put['spec'], before.object['spec']) ? 'It was put back' : 'It could NOT be put back';
    throw new errors/* PreconditionError */.Rb(`${(0,domain_routing/* formatObject */.j)(resource.kind, before)} came back from the API server with more changes than were written. ${back}.`, 'Find the admission webhook that rewrites it (kubectl get mutatingwebhookconfigurations) and exempt the object.');
}
/** Metadata without what every write changes. */
const lasting = (object) => ['resourceVersion', 'generation', 'managedFields'].reduce(json/* without */.FF, (0,json/* objectAt */.lJ)(object, 'metadata'));
/**
 * A VirtualService as it is now.
 * @throws PreconditionError when it is gone, or cannot be managed any more
 */
async function rereadVirtualService(api, { name: service, purpose }, place) {
    const object = await api.get(resources/* virtualServices */.Km, place.namespace, place.name);
    const reading = object === null ? null : readVirtualService(object, service, purpose);
    if (reading?.kind === 'managed')
        return reading.virtualService;
    const name = (0,domain_routing/* formatObject */.j)('VirtualService', place);
    throw new errors/* PreconditionError */.Rb(reading?.kind === 'refused'
        ? `${name} was changed meanwhile: ${reading.problems.map(({ what }) => what).join('; ')}`
        : `${name} does not route to ${service.service} any more: someone changed it meanwhile`, 'Find out who changed it, and run the step again.');
}

;// CONCATENATED MODULE: ./lib/mesh/changeRoutes.js





/**
 * Writes one change into every VirtualService, in their order, back to back: istiod's debounce then sends
 * them to the proxies in one push. When one fails, those before it are put back in reverse.
 */
async function changeAll(api, clock, routing, change) {
    const previous = [];
    for (const vs of routing.virtualServices) {
        const reread = () => rereadVirtualService(api, routing, vs);
        try {
            const before = await writePlanned(api, resources/* virtualServices */.Km, vs, change.planFor, reread);
            if (before !== null)
                previous.push(before);
        }
        catch (error) {
            // A connection that broke does not tell whether the write arrived.
            const uncertain = error instanceof errors/* ConnectionError */.Rc ? [vs] : [];
            await undoAll(api, routing, [...previous, ...uncertain], change.undoFor, error);
            throw error;
        }
    }
    return { changed: previous.length > 0, acceptedMs: clock.monotonic(), previous };
}
/** @throws RollbackError naming every VirtualService that stayed changed */
async function undoAll(api, routing, previous, undoFor = switchPlan/* planRestore */.q8, cause) {
    let changed = false;
    const failures = [];
    for (const before of previous.toReversed()) {
        try {
            const reread = () => rereadVirtualService(api, routing, before);
            const now = await reread();
            const undone = await writePlanned(api, resources/* virtualServices */.Km, now, (vs) => undoFor(vs, before), reread);
            changed ||= undone !== null;
        }
        catch (error) {
            // Whoever took the lease decides what serves: that is no failure to put back.
            if (error instanceof errors/* LostLeaseError */.PU)
                throw error;
            const reason = error instanceof Error ? error.message : String(error);
            failures.push(`${(0,domain_routing/* formatObject */.j)('VirtualService', before)}: ${reason}`);
        }
    }
    if (failures.length === 0)
        return changed;
    const why = cause instanceof Error ? ` after: ${cause.message}` : '';
    throw new errors/* RollbackError */.ZS(`the weights could not be put back${why}\n  ${failures.join('\n  ')}`, 'Set the weights by hand now: kubectl edit virtualservice, in each of those named above.', { cause });
}

;// CONCATENATED MODULE: ./lib/mesh/envoyClusters.js

/** Every cluster of an Envoy with its endpoints. */
const clustersPath = '/clusters?format=json';
/**
 * Reads an answer of {@link clustersPath}: endpoints by cluster name.
 * Source: envoy.admin.v3.Clusters, HostStatus, HostHealthStatus.
 * @throws SyntaxError when it is not JSON
 */
function parseClusters(body) {
    const answer = JSON.parse(body);
    if (!(0,json/* isObject */.Gv)(answer))
        throw new SyntaxError('the answer is not an object');
    return new Map((0,json/* objectsAt */.yR)(answer, 'cluster_statuses').map(([, cluster]) => [
        (0,json/* textAt */.$6)(cluster, 'name') ?? '',
        (0,json/* objectsAt */.yR)(cluster, 'host_statuses').map(([, host]) => parseHost(host)),
    ]));
}
function parseHost(host) {
    const address = (0,json/* objectAt */.lJ)((0,json/* objectAt */.lJ)(host, 'address'), 'socket_address');
    const trouble = troubleOf((0,json/* objectAt */.lJ)(host, 'health_status'));
    return {
        ip: (0,json/* textAt */.$6)(address, 'address') ?? '',
        port: (0,json/* numberAt */.tk)(address, 'port_value') ?? 0,
        healthy: trouble === null,
        trouble,
        requests: counterOf(host, 'rq_total'),
        errors: counterOf(host, 'rq_error'),
    };
}
function troubleOf(health) {
    const eds = (0,json/* textAt */.$6)(health, 'eds_health_status');
    if (eds !== 'HEALTHY')
        return `EDS says ${eds ?? 'nothing'}`;
    const failed = Object.entries(health).find(([field, value]) => field.startsWith('failed_') && value === true);
    return failed === undefined ? null : failed[0];
}
/** Protobuf's JSON writes 64-bit numbers as text and leaves out zeros. */
function counterOf(host, name) {
    const stat = (0,json/* objectsAt */.yR)(host, 'stats').find(([, item]) => (0,json/* textAt */.$6)(item, 'name') === name)?.[1];
    const count = Number(stat?.['value'] ?? 0);
    return Number.isFinite(count) ? count : 0;
}

;// CONCATENATED MODULE: ./lib/mesh/envoyRoutes.js

/** The admin path that gives all routes of an Envoy, and nothing else. */
const routesPath = '/config_dump?resource=dynamic_route_configs';
/**
 * Reads an answer of {@link routesPath}.
 * Source: envoy.admin.v3.RoutesConfigDump; `metadata.filter_metadata.istio.config` by istiod.
 * @throws SyntaxError when it is not JSON
 */
function parseRoutes(body) {
    const dump = JSON.parse(body);
    if (!(0,json/* isObject */.Gv)(dump))
        throw new SyntaxError('the route dump is not an object');
    return (0,json/* objectsAt */.yR)(dump, 'configs').flatMap(([, config]) => {
        const routeConfig = (0,json/* objectAt */.lJ)(config, 'route_config');
        return (0,json/* objectsAt */.yR)(routeConfig, 'virtual_hosts').flatMap(([, host]) => {
            const where = `${(0,json/* textAt */.$6)(routeConfig, 'name') ?? ''} ${(0,json/* textAt */.$6)(host, 'name') ?? ''}`;
            return (0,json/* objectsAt */.yR)(host, 'routes').map(([, route]) => parseRoute(where, route));
        });
    });
}
function parseRoute(where, route) {
    const istio = (0,json/* objectAt */.lJ)((0,json/* objectAt */.lJ)((0,json/* objectAt */.lJ)(route, 'metadata'), 'filter_metadata'), 'istio');
    return {
        where,
        name: (0,json/* textAt */.$6)(route, 'name'),
        from: virtualServiceOf((0,json/* textAt */.$6)(istio, 'config')),
        headers: parseHeaders((0,json/* objectAt */.lJ)(route, 'match')),
        clusters: envoyRoutes_parseClusters((0,json/* objectAt */.lJ)(route, 'route')),
    };
}
const parseHeaders = (match) => new Map((0,json/* objectsAt */.yR)(match, 'headers').flatMap(([, header]) => {
    const name = (0,json/* textAt */.$6)(header, 'name');
    const exact = (0,json/* textAt */.$6)((0,json/* objectAt */.lJ)(header, 'string_match'), 'exact');
    return name === null || exact === null ? [] : [[name.toLowerCase(), exact]];
}));
function envoyRoutes_parseClusters(action) {
    const sole = (0,json/* textAt */.$6)(action, 'cluster');
    if (sole !== null)
        return new Map([[sole, 100]]);
    const clusters = new Map();
    for (const [, entry] of (0,json/* objectsAt */.yR)((0,json/* objectAt */.lJ)(action, 'weighted_clusters'), 'clusters')) {
        const name = (0,json/* textAt */.$6)(entry, 'name') ?? '';
        // Protobuf's JSON leaves out a weight of 0.
        clusters.set(name, (clusters.get(name) ?? 0) + ((0,json/* numberAt */.tk)(entry, 'weight') ?? 0));
    }
    return clusters;
}
/** From the API path that istiod writes into every route, of whatever version of the API. */
function virtualServiceOf(path) {
    const [, namespace, name] = /^\/apis\/networking\.istio\.io\/[^/]+\/namespaces\/([^/]+)\/virtual-service\/([^/]+)$/.exec(path ?? '') ?? [];
    return namespace !== undefined && name !== undefined ? { namespace, name } : null;
}

// EXTERNAL MODULE: ./lib/mesh/podView.js
var podView = __webpack_require__(7579);
;// CONCATENATED MODULE: ./lib/mesh/envoyAdmin.js




/** Istio keeps Envoy's admin on the pod's localhost. */
const adminPort = 15000;
const usualTimeoutMs = 3_000;
/** @throws ConnectionError, also when the admin answers anything but 200; PermissionError; SyntaxError */
function envoyAdmin(podHttp) {
    const get = async (proxy, path, timeoutMs = usualTimeoutMs) => {
        const answer = await podHttp.request(proxy.pod, adminPort, { path, timeoutMs });
        if (answer.status === 200)
            return answer.body;
        throw new errors/* ConnectionError */.Rc(`Envoy's admin in the ${(0,podView/* formatProxy */.yt)(proxy)} answers ${String(answer.status)} to ${path}`, 'Look at the istio-proxy container of that pod.');
    };
    return {
        routes: async (proxy, timeoutMs) => parseRoutes(await get(proxy, routesPath, timeoutMs)),
        clusters: async (proxy, timeoutMs) => parseClusters(await get(proxy, clustersPath, timeoutMs)),
    };
}

// EXTERNAL MODULE: ./lib/domain/split.js
var domain_split = __webpack_require__(5407);
;// CONCATENATED MODULE: ./lib/mesh/judgeClusters.js


/** The endpoints of one slot as a proxy knows them; null when it does not know the slot's cluster at all. */
const hostsOf = (clusters, { name, port }, slot) => clusters.get((0,domain_host/* clusterName */.S)(name, port, slot)) ?? null;
/**
 * Which subset of the service a cluster is for: empty for all of its endpoints, null for another service's.
 * At the service's port; going back at any, so that no route is overlooked.
 */
function subsetOf(cluster, { name, port, purpose }) {
    const [direction, at, subset = '', host] = cluster.split('|');
    const isOurs = direction === 'outbound' && host === (0,domain_host/* fqdn */.Y)(name);
    return isOurs && (purpose === 'back' || at === String(port)) ? subset : null;
}
/** The endpoints of all clusters of the service: of both subsets, and of all endpoints. */
const serviceClusters = (clusters, routing) => [...clusters].filter(([cluster]) => subsetOf(cluster, routing) !== null).flatMap(([, hosts]) => hosts);
/**
 * Whether a proxy knows a slot's cluster with exactly these endpoints, all healthy, and none of them in the
 * other slot's.
 * @param endpoints pod IPs
 * @returns null when it does, or else the first difference
 */
function endpointDifference(clusters, routing, slot, endpoints) {
    const hosts = hostsOf(clusters, routing, slot);
    if (hosts === null)
        return `it does not know the cluster of ${slot} yet`;
    const known = hosts.map(({ ip }) => ip);
    const missing = endpoints.filter((ip) => !known.includes(ip));
    if (missing.length > 0)
        return `its cluster of ${slot} lacks ${missing.join(', ')}`;
    const extra = known.filter((ip) => !endpoints.includes(ip));
    if (extra.length > 0)
        return `its cluster of ${slot} has ${extra.join(', ')} besides`;
    const sick = hosts.find(({ healthy }) => !healthy);
    if (sick !== undefined)
        return `${sick.ip} of ${slot} is not healthy: ${sick.trouble ?? ''}`;
    const shared = (hostsOf(clusters, routing, (0,domain_slot/* otherSlot */.j)(slot)) ?? []).find(({ ip }) => endpoints.includes(ip));
    return shared === undefined ? null : `${shared.ip} is in the clusters of both slots`;
}

;// CONCATENATED MODULE: ./lib/mesh/routeIndex.js

const known = new WeakMap();
function routeIndex(vs) {
    const index = known.get(vs) ?? build(vs);
    known.set(vs, index);
    return index;
}
function build(vs) {
    const managed = new Map(vs.routes.map((route) => [route.index, route]));
    const leftAlone = new Set(vs.leftAlone);
    const ours = (0,json/* objectsAt */.yR)((0,json/* objectAt */.lJ)(vs.object, 'spec'), 'http').flatMap(([index, http]) => {
        if (!managed.has(index) && !leftAlone.has(index))
            return [];
        const route = managed.get(index) ?? null;
        return [{ route, name: (0,json/* textAt */.$6)(http, 'name'), matches: matchesOf(http) }];
    });
    const named = ours.flatMap(({ name, route }) => (name === null ? [] : [{ name, route }]));
    const lastServed = firstCatchAll(vs);
    return {
        byName: new Map([...Map.groupBy(named, ({ name }) => name)].map(([name, same]) => [
            name,
            same.map(({ route }) => route),
        ])),
        inOrder: ours.flatMap(({ route, matches }) => Array(Math.max(1, matches.length)).fill(route)),
        nameless: vs.routes.filter(({ name }) => name === null),
        required: ours.flatMap(({ route, name, matches }) => name !== null && route !== null && route.index <= lastServed && appliesEverywhere(matches)
            ? [name]
            : []),
    };
}
const matchesOf = (http) => (0,json/* objectsAt */.yR)(http, 'match').map(([, match]) => match);
/** istiod leaves out what comes after a route that takes everything. */
function firstCatchAll(vs) {
    const found = (0,json/* objectsAt */.yR)((0,json/* objectAt */.lJ)(vs.object, 'spec'), 'http').find(([, http]) => {
        const matches = matchesOf(http);
        return matches.length === 0 || matches.some(takesEverything);
    });
    return found?.[0] ?? Infinity;
}
function takesEverything(match) {
    const uri = (0,json/* objectAt */.lJ)(match, 'uri');
    const all = (0,json/* textAt */.$6)(uri, 'prefix') === '/' || (0,json/* textAt */.$6)(uri, 'regex') === '*' || !('uri' in match);
    const conditions = Object.keys(match).filter((field) => !['uri', 'name', 'ignoreUriCase'].includes(field));
    return all && conditions.length === 0;
}
/** Its matches say nothing about which proxies have it. */
const appliesEverywhere = (matches) => matches.length === 0 ||
    matches.some((match) => !['gateways', 'sourceLabels', 'sourceNamespace', 'port'].some((field) => field in match));
/**
 * Which managed routes an Envoy route may come from: by name; without one by order, or any of those without.
 * @param place among the routes of the VirtualService that the proxy has in one virtual host
 * @returns null for a route that is left alone; an empty list for one that the VirtualService does not have
 */
function managedFor(route, place, count, vs) {
    const { byName, inOrder, nameless } = routeIndex(vs);
    const named = namesOf(route).flatMap((name) => byName.get(name) ?? []);
    const managed = named.filter((one) => one !== null);
    if (managed.length > 0)
        return managed;
    if (named.length > 0)
        return null;
    const atPlace = inOrder.length === count ? inOrder[place] : undefined;
    if (atPlace === null)
        return null;
    if (atPlace?.name === null)
        return [atPlace];
    return nameless.length === 0 && vs.leftAlone.length > 0 ? null : nameless;
}
/** istiod names an Envoy route after the http route, then, after a dot, its match if that has a name too. */
function namesOf({ name }) {
    if (name === null)
        return [];
    const parts = name.split('.');
    return parts.map((_, index) => parts.slice(0, parts.length - index).join('.'));
}

;// CONCATENATED MODULE: ./lib/mesh/judgeRoutes.js






/**
 * Whether a proxy serves exactly what is expected: every route to the service that it has comes from a
 * managed VirtualService and has the split of its managed route, and none is missing. A routing that was read
 * for going back asks less: what it overlooked is overlooked here too.
 * @returns null when it does, or else the first difference
 */
function differenceIn(routes, routing, expected) {
    const toService = routes.filter((route) => reachesService(route, routing));
    const byOrigin = Map.groupBy(toService, originOf);
    const managed = new Set(routing.virtualServices.map(judgeRoutes_keyOf));
    const stranger = toService.find((route) => !managed.has(originOf(route)));
    if (stranger !== undefined && routing.purpose === 'forward') {
        return `${judgeRoutes_describe(stranger)} sends to ${routing.name.service} past the managed VirtualServices`;
    }
    for (const vs of routing.virtualServices) {
        const served = (byOrigin.get(judgeRoutes_keyOf(vs)) ?? []).filter((route) => !isPreview(route, routing));
        const must = vs.routes.length > 0 && expected.mustServe.includes(vs);
        const difference = served.length > 0 || must ? differenceInVs(served, vs, routing, expected) : null;
        if (difference !== null)
            return difference;
    }
    return null;
}
/** Any cluster of the service at its port: of a subset, or of all endpoints. */
const reachesService = (route, routing) => [...route.clusters.keys()].some((cluster) => subsetOf(cluster, routing) !== null);
const isPreview = (route, { name }) => namesOf(route).includes(previewName(name.service));
const judgeRoutes_keyOf = ({ namespace, name }) => `${namespace}/${name}`;
/** Istio's own routes have no origin. */
const originOf = ({ from }) => (from === null ? '' : judgeRoutes_keyOf(from));
const judgeRoutes_describe = (route) => `route ${route.name ?? '(no name)'} in ${route.where}`;
function differenceInVs(served, vs, routing, { splitOf }) {
    if (served.length === 0)
        return `it has no route of ${(0,domain_routing/* formatObject */.j)('VirtualService', vs)}`;
    for (const [where, routes] of Map.groupBy(served, (route) => route.where)) {
        for (const [place, route] of routes.entries()) {
            const managed = managedFor(route, place, routes.length, vs);
            if (managed === null)
                continue;
            const splits = managed.map(splitOf);
            const [wanted] = splits;
            if (wanted === undefined)
                return `${judgeRoutes_describe(route)} is none of ${(0,domain_routing/* formatObject */.j)('VirtualService', vs)}`;
            if (splits.some((split) => !(0,domain_split/* sameSplit */.xY)(split, wanted))) {
                return `${judgeRoutes_describe(route)} cannot be told from others of ${(0,domain_routing/* formatObject */.j)('VirtualService', vs)}: give the routes names`;
            }
            const actual = splitIn(route, routing);
            if (actual === null)
                return `${judgeRoutes_describe(route)} sends to more than the two slots`;
            if (!(0,domain_split/* sameSplit */.xY)(actual, effectiveSplit(wanted.blue, wanted.green))) {
                return `it serves ${(0,domain_split/* formatSplit */.oe)(actual)} in ${where}`;
            }
        }
        const missing = missingIn(routes, vs, routing);
        if (missing !== undefined)
            return `${where} has no route ${missing}`;
    }
    return null;
}
/** Going back, a route that others shadow sends nobody anywhere. */
function missingIn(routes, vs, { purpose }) {
    if (purpose === 'back')
        return undefined;
    const names = new Set(routes.flatMap(namesOf));
    return routeIndex(vs).required.find((name) => !names.has(name));
}
/** null when the route also goes somewhere else than the two slots. */
function splitIn({ clusters }, routing) {
    const weights = new Map();
    for (const [cluster, weight] of clusters) {
        const subset = subsetOf(cluster, routing);
        if (subset !== 'blue' && subset !== 'green')
            return null;
        weights.set(subset, (weights.get(subset) ?? 0) + weight);
    }
    return effectiveSplit(weights.get('blue') ?? 0, weights.get('green') ?? 0);
}

;// CONCATENATED MODULE: ./lib/mesh/proxies.js





/**
 * Every ready pod of every Gateway that the VirtualServices are bound to, in any namespace: by the Gateway's
 * selector, as istiod does.
 * @throws PreconditionError for a Gateway that does not exist, or that no ready pod serves; going back only when
 * that is true of all of them: through such a one nobody comes
 */
async function listGateways(api, routing) {
    const places = new Map();
    for (const vs of routing.virtualServices) {
        for (const place of vs.gateways)
            places.set(`${place.namespace}/${place.name}`, place);
    }
    const answers = await Promise.allSettled([...places.values()].map(async (place) => {
        const bound = routing.virtualServices.filter((vs) => isBound(vs, place));
        return (await podsOf(api, place, bound)).map((proxy) => ({ proxy, mustServe: bound }));
    }));
    const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    const failed = answers.find((answer) => answer.status === 'rejected');
    if (failed !== undefined && !isOverlooked(failed.reason, routing, found))
        throw failed.reason;
    const byUid = Map.groupBy(found, ({ proxy }) => proxy.uid);
    return [...byUid.values()].flatMap((same) => {
        const [first] = same;
        const mustServe = [...new Set(same.flatMap((one) => one.mustServe))];
        return first === undefined ? [] : [{ proxy: first.proxy, mustServe }];
    });
}
const isOverlooked = (reason, { purpose }, found) => purpose === 'back' && found.length > 0 && reason instanceof errors/* PreconditionError */.Rb;
const isBound = (vs, { namespace, name }) => vs.gateways.some((gateway) => gateway.namespace === namespace && gateway.name === name);
async function podsOf(api, place, bound) {
    const gateway = (0,domain_routing/* formatObject */.j)('Gateway', place);
    const users = bound.map((vs) => (0,domain_routing/* formatObject */.j)('VirtualService', vs)).join(', ');
    const object = await api.get(resources/* gateways */.oA, place.namespace, place.name);
    if (object === null) {
        throw new errors/* PreconditionError */.Rb(`${gateway} does not exist, and ${users} is bound to it: nobody would be served`, 'Create the Gateway, or correct spec.gateways of the VirtualService.');
    }
    const labels = (0,json/* textsAt */.i1)((0,json/* objectAt */.lJ)(object, 'spec'), 'selector');
    if (Object.keys(labels).length === 0) {
        throw new errors/* PreconditionError */.Rb(`${gateway} has no selector: which pods serve it cannot be told`, 'Give it the labels of its gateway pods, for example {istio: ingressgateway}.');
    }
    const ready = (await api.list(resources/* pods */.Jw, { labels })).filter(podView/* isReadyGateway */.wm);
    if (ready.length === 0) {
        const selector = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
        throw new errors/* PreconditionError */.Rb(`${gateway} of ${users} has no ready pod: none has the labels ${selector.join(',')}`, `Look at the gateway: kubectl get pods -A -l ${selector.join(',')}`);
    }
    return ready.map((pod) => (0,podView/* toProxy */.I$)('gateway', pod));
}
/** Every pod in the cluster with a sidecar at work, other than these gateways. */
async function listSidecars(api, gatewayProxies) {
    const known = new Set(gatewayProxies.map(({ proxy }) => proxy.uid));
    return (await api.list(resources/* pods */.Jw, {}))
        .filter(podView/* hasRunningSidecar */.JQ)
        .map((pod) => (0,podView/* toProxy */.I$)('caller', pod))
        .filter(({ uid }) => !known.has(uid))
        .map((proxy) => ({ proxy, mustServe: [] }));
}

;// CONCATENATED MODULE: ./lib/mesh/listEntries.js





/** Where a request for the service enters each gateway, as the gateway's own routes say. */
async function listEntries(api, admin, routing) {
    const gateways = await listGateways(api, routing);
    const found = await Promise.all(gateways.map(async ({ proxy }) => entriesOf(proxy, await admin.routes(proxy), routing)));
    return found.flat();
}
function entriesOf(proxy, routes, routing) {
    const byPort = new Map();
    for (const { where } of routes.filter((route) => reachesService(route, routing))) {
        const { port, host } = parsePlace(where);
        if (port === null)
            continue;
        // A host by its name rather than a wildcard, where a gateway has both.
        const known = byPort.get(port);
        if (known === undefined || known.includes('*'))
            byPort.set(port, host);
    }
    if (byPort.size === 0) {
        throw new errors/* PreconditionError */.Rb(`${(0,podView/* formatProxy */.yt)(proxy)} has no plain http listener for ${routing.name.service}`, 'Tests go through plain http listeners of the gateway so far: bind the VirtualService to one, inside the cluster.');
    }
    return [...byPort].map(([port, host]) => ({
        proxy,
        port,
        host: host.includes('*') ? (0,domain_host/* fqdn */.Y)(routing.name) : host,
    }));
}
/** istiod names a gateway's plain route configuration `http.<port>`, and its virtual hosts `<host>:<server port>`. */
function parsePlace(where) {
    const [, port, host] = /^http\.(\d+) (.*):\d+$/.exec(where) ?? [];
    return { port: port === undefined ? null : Number(port), host: host ?? '' };
}

;// CONCATENATED MODULE: ./lib/domain/readDestinationRule.js




/** The one DestinationRule of a service, out of all that the cluster has. */
function readDestinationRule(objects, service, purpose) {
    const ours = objects.filter((object) => isFor(object, service)).toSorted(olderFirst);
    const [oldest] = ours;
    if (oldest === undefined) {
        return {
            kind: 'refused',
            problems: [
                {
                    what: `no DestinationRule has the host ${(0,domain_host/* fqdn */.Y)(service)}`,
                    remedy: `Apply one in namespace ${service.namespace} with host ${service.service} and the subsets blue and green.`,
                },
            ],
        };
    }
    const blue = findSubset(ours, 'blue');
    const green = findSubset(ours, 'green');
    const problems = [
        ...severalProblems(ours, service),
        ...subsetProblems(oldest, 'blue', blue),
        ...subsetProblems(oldest, 'green', green),
    ];
    const isUseful = purpose === 'back' && (blue ?? green) !== null;
    if (problems.length > 0 && !isUseful)
        return { kind: 'refused', problems };
    const object = blue?.rule ?? oldest;
    return {
        kind: 'managed',
        overlooked: problems,
        destinationRule: {
            ...readDestinationRule_placeOf(object),
            resourceVersion: (0,json/* textAt */.$6)((0,json/* objectAt */.lJ)(object, 'metadata'), 'resourceVersion') ?? '',
            subsets: { blue: blue?.subset ?? noSubset, green: green?.subset ?? noSubset },
            object,
        },
    };
}
/** Selects no pod, as a subset that is not there: no pod can have an empty label key. */
const noSubset = { index: -1, labels: { '': 'none' } };
function isFor(object, service) {
    const host = (0,json/* textAt */.$6)((0,json/* objectAt */.lJ)(object, 'spec'), 'host');
    return host !== null && resolveHost(host, readDestinationRule_placeOf(object).namespace) === (0,domain_host/* fqdn */.Y)(service);
}
/** istiod merges the rules of one host, the oldest first: of two subsets with one name the first wins. */
function olderFirst(a, b) {
    const age = (object) => {
        const { namespace, name } = readDestinationRule_placeOf(object);
        return `${(0,json/* textAt */.$6)((0,json/* objectAt */.lJ)(object, 'metadata'), 'creationTimestamp') ?? ''} ${name}.${namespace}`;
    };
    return age(a) < age(b) ? -1 : 1;
}
function findSubset(rules, slot) {
    for (const rule of rules) {
        for (const [index, subset] of (0,json/* objectsAt */.yR)((0,json/* objectAt */.lJ)(rule, 'spec'), 'subsets')) {
            if ((0,json/* textAt */.$6)(subset, 'name') === slot)
                return { rule, subset: { index, labels: (0,json/* textsAt */.i1)(subset, 'labels') } };
        }
    }
    return null;
}
function severalProblems(rules, service) {
    if (rules.length < 2)
        return [];
    const names = rules.map((one) => (0,domain_routing/* formatObject */.j)('DestinationRule', readDestinationRule_placeOf(one))).join(' and ');
    return [
        {
            what: `${names} have the same host ${(0,domain_host/* fqdn */.Y)(service)}`,
            remedy: 'Keep one: with two, which subset wins is undefined.',
        },
    ];
}
function subsetProblems(rule, slot, found) {
    const where = (0,domain_routing/* formatObject */.j)('DestinationRule', readDestinationRule_placeOf(found?.rule ?? rule));
    if (found === null) {
        return [
            {
                what: `${where} has no subset ${slot}`,
                remedy: `Add to its subsets: {name: ${slot}, labels: {slot: ${slot}}} (or the label that tells your two Deployments apart).`,
            },
        ];
    }
    if (Object.keys(found.subset.labels).length > 0)
        return [];
    return [
        {
            what: `subset ${slot} of ${where} has no labels: it selects the pods of both slots`,
            remedy: `Give it the label that tells your two Deployments apart, for example {slot: ${slot}}.`,
        },
    ];
}
function readDestinationRule_placeOf(object) {
    const metadata = (0,json/* objectAt */.lJ)(object, 'metadata');
    return { namespace: (0,json/* textAt */.$6)(metadata, 'namespace') ?? '', name: (0,json/* textAt */.$6)(metadata, 'name') ?? '' };
}

;// CONCATENATED MODULE: ./lib/domain/readRouting.js





/**
 * Puts together what the objects say about one service, or everything that stands in the way at once. For going
 * back only what cannot be done without stands in the way: a route with weights, a subset, a Service with pods.
 */
function readRouting(name, objects, purpose) {
    const problems = [];
    const virtualServices = [];
    const ports = [];
    for (const object of objects.virtualServices) {
        const reading = readVirtualService(object, name, purpose);
        if (reading.kind === 'refused')
            problems.push(...reading.problems);
        if (reading.kind !== 'managed')
            continue;
        problems.push(...reading.overlooked);
        virtualServices.push(reading.virtualService);
        ports.push(...reading.ports);
    }
    if (virtualServices.length === 0 && problems.length === 0)
        problems.push(noVirtualService(name));
    const rule = readDestinationRule(objects.destinationRules, name, purpose);
    problems.push(...(rule.kind === 'refused' ? rule.problems : rule.overlooked));
    const port = onePort(name, ports, objects.service);
    if (typeof port !== 'number')
        problems.push(port);
    const selector = (0,json/* textsAt */.i1)((0,json/* objectAt */.lJ)(objects.service, 'spec'), 'selector');
    const hasPods = Object.keys(selector).length > 0;
    if (!hasPods)
        problems.push(noSelector(name));
    if ((0,json/* textsAt */.i1)((0,json/* objectAt */.lJ)(objects.service, 'metadata'), 'labels')[waypoint] !== undefined)
        problems.push(ambient(name));
    const isUseful = purpose === 'back' && hasPods && virtualServices.some(({ routes }) => routes.length > 0);
    if (rule.kind === 'refused' || (problems.length > 0 && !isUseful))
        return { kind: 'refused', problems };
    const usedPort = typeof port === 'number' ? port : anyPort(ports, objects.service);
    return {
        kind: 'managed',
        routing: {
            ...assemble(name, usedPort, objects.service, virtualServices, rule.destinationRule),
            purpose,
            overlooked: problems,
        },
    };
}
function assemble(name, port, service, found, destinationRule) {
    const virtualServices = found.toSorted(inOrder);
    const { split, disagreement } = commonSplit(virtualServices);
    return {
        name,
        port,
        targetPort: targetPortOf(port, service),
        selector: (0,json/* textsAt */.i1)((0,json/* objectAt */.lJ)(service, 'spec'), 'selector'),
        virtualServices,
        destinationRule,
        split,
        disagreement,
        live: split === null ? null : (0,domain_split/* soleSlot */.ye)(split),
        meshGoverned: virtualServices.some((vs) => vs.governsMesh),
    };
}
/** As the API server fills it in: the port itself when nothing is said. */
function targetPortOf(port, service) {
    const entry = (0,json/* objectsAt */.yR)((0,json/* objectAt */.lJ)(service, 'spec'), 'ports').find(([, one]) => (0,json/* numberAt */.tk)(one, 'port') === port)?.[1];
    return entry === undefined ? port : ((0,json/* numberAt */.tk)(entry, 'targetPort') ?? (0,json/* textAt */.$6)(entry, 'targetPort') ?? port);
}
/** Gateways first: users come through them, and what is behind shows first there. Then by name, so that it is always the same. */
function inOrder(a, b) {
    const rank = (vs) => (vs.gateways.length > 0 ? 0 : 1);
    const byName = `${a.namespace}/${a.name}` < `${b.namespace}/${b.name}` ? -1 : 1;
    return rank(a) - rank(b) || byName;
}
function commonSplit(virtualServices) {
    const seen = virtualServices.flatMap((vs) => vs.routes.map((route) => ({
        where: `${(0,domain_routing/* formatObject */.j)('VirtualService', vs)} route ${route.name ?? String(route.index + 1)}`,
        split: route.split,
    })));
    const [first] = seen;
    if (first === undefined)
        return { split: null, disagreement: 'there is no managed route' };
    const other = seen.find(({ split }) => !(0,domain_split/* sameSplit */.xY)(split, first.split));
    if (other !== undefined) {
        return {
            split: null,
            disagreement: `${first.where} has ${(0,domain_split/* formatSplit */.oe)(first.split)}, ${other.where} has ${(0,domain_split/* formatSplit */.oe)(other.split)}`,
        };
    }
    const empty = first.split.blue === 0 && first.split.green === 0;
    if (empty)
        return { split: null, disagreement: `${first.where} has no weight above 0` };
    return { split: first.split, disagreement: null };
}
/** The Service's port that all routes use; a route may leave it out when the Service has one only. */
function onePort(name, named, service) {
    const offered = portsOf(service);
    const sole = offered.length === 1 ? offered[0] : undefined;
    const used = [...new Set(named.map((port) => port ?? sole))];
    const [port, second] = used.length > 0 ? used : [sole];
    const list = offered.join(', ') || 'none';
    if (second !== undefined) {
        return {
            what: `the managed routes use the ports ${used.join(' and ')} of Service ${name.namespace}/${name.service}`,
            remedy: 'Use one port in all of them: a release is judged by one.',
        };
    }
    if (port === undefined) {
        return {
            what: `the managed routes name no port, and Service ${name.namespace}/${name.service} has these: ${list}`,
            remedy: 'Add destination.port.number to both entries of every managed route.',
        };
    }
    if (offered.includes(port))
        return port;
    return {
        what: `the managed routes use port ${String(port)}, and Service ${name.namespace}/${name.service} has these: ${list}`,
        remedy: 'Correct destination.port.number in the VirtualService, or the ports of the Service.',
    };
}
/** One of the ports in use, for a reading that must not fail for a second one: rather one that the Service has. */
function anyPort(named, service) {
    const offered = portsOf(service);
    return named.find((port) => port !== null && offered.includes(port)) ?? offered[0] ?? 80;
}
const portsOf = (service) => (0,json/* objectsAt */.yR)((0,json/* objectAt */.lJ)(service, 'spec'), 'ports').flatMap(([, port]) => (0,json/* numberAt */.tk)(port, 'port') ?? []);
const noVirtualService = ({ service, namespace }) => ({
    what: `no VirtualService routes to ${service}.${namespace}`,
    remedy: `Apply one whose http route has two entries for ${service}: subset blue with weight 100, subset green with weight 0.`,
});
const waypoint = 'istio.io/use-waypoint';
const ambient = ({ service, namespace }) => ({
    what: `Service ${namespace}/${service} is served by an ambient waypoint (label ${waypoint})`,
    remedy: 'Ambient waypoints are not supported: their weights cannot be proven yet. Use sidecars for this service.',
});
const noSelector = ({ service, namespace }) => ({
    what: `Service ${namespace}/${service} has no selector`,
    remedy: 'Give it the label that the pods of both slots have, for example {app: <service>}.',
});

// EXTERNAL MODULE: ./lib/domain/subsets.js
var domain_subsets = __webpack_require__(3779);
;// CONCATENATED MODULE: ./lib/mesh/readMesh.js





/** @throws PreconditionError with everything that stands in the way, and the remedy of each */
async function readMesh(api, name, purpose) {
    const [service, vss, rules] = await Promise.all([
        api.get(resources/* services */.$p, name.namespace, name.service),
        api.list(resources/* virtualServices */.Km, {}),
        api.list(resources/* destinationRules */.al, {}),
    ]);
    if (service === null) {
        throw new errors/* PreconditionError */.Rb(`there is no Service ${name.service} in namespace ${name.namespace}`, 'Correct the inputs service and namespace, or apply the Service first.');
    }
    const reading = readRouting(name, { service, virtualServices: vss, destinationRules: rules }, purpose);
    if (reading.kind === 'managed')
        return reading.routing;
    const { problems } = reading;
    throw new errors/* PreconditionError */.Rb(`the routing of ${name.service} in ${name.namespace} cannot be switched:\n${problems.map(({ what }) => `  ${what}`).join('\n')}`, problems.map(({ remedy }) => remedy).join('\n  '));
}
/** The pods that the Service selects, by the subset that selects them. */
async function readPods(api, { name, selector, targetPort, destinationRule }) {
    const found = await api.list(resources/* pods */.Jw, { namespace: name.namespace, labels: selector });
    const all = found.map((pod) => (0,podView/* toServicePod */.wg)(pod, targetPort)).filter((pod) => pod !== null);
    const { subsets } = destinationRule;
    const isBlue = (labels) => (0,domain_subsets/* selects */.ko)(subsets.blue.labels, labels);
    const isGreen = (labels) => (0,domain_subsets/* selects */.ko)(subsets.green.labels, labels);
    return {
        blue: all.filter(({ labels }) => isBlue(labels)),
        green: all.filter(({ labels }) => isGreen(labels)),
        both: all.filter(({ labels }) => isBlue(labels) && isGreen(labels)),
        neither: all.filter(({ labels }) => !isBlue(labels) && !isGreen(labels)),
    };
}

;// CONCATENATED MODULE: ./lib/mesh/listCallers.js





/** Pods whose sidecar has a route to the service, the busiest first. The service's own pods are not callers. */
async function listCallers(api, admin, routing) {
    const [gateways, own] = await Promise.all([listGateways(api, routing), readPods(api, routing)]);
    const ownUids = new Set([...own.blue, ...own.green, ...own.neither].map(({ uid }) => uid));
    const sidecars = await listSidecars(api, gateways);
    const found = await Promise.all(sidecars
        .filter(({ proxy }) => !ownUids.has(proxy.uid))
        .map(async ({ proxy }) => {
        try {
            const [routes, clusters] = await Promise.all([admin.routes(proxy), admin.clusters(proxy)]);
            if (!routes.some((route) => reachesService(route, routing)))
                return null;
            const hosts = serviceClusters(clusters, routing);
            return { pod: proxy.pod, requests: hosts.reduce((sum, host) => sum + host.requests, 0) };
        }
        catch (error) {
            // Gone meanwhile, or not to be asked: it may be a caller, and it is named as one.
            if (error instanceof errors/* ConnectionError */.Rc)
                return { pod: proxy.pod, requests: 0 };
            throw error;
        }
    }));
    return found.filter((caller) => caller !== null).toSorted((a, b) => b.requests - a.requests);
}

;// CONCATENATED MODULE: ./lib/mesh/judgePreview.js



/**
 * Whether a proxy has the preview open exactly as wanted: for each VirtualService, to the candidate alone, for
 * this header alone. Or, for null, whether none is left.
 * @returns null when it has, or else the first difference
 */
function previewDifference(routes, routing, preview, mustServe) {
    const open = routes.filter((route) => reachesService(route, routing) && isPreview(route, routing));
    if (preview === null) {
        return open[0] === undefined ? null : `it still has a preview route in ${open[0].where}`;
    }
    const cluster = (0,domain_host/* clusterName */.S)(routing.name, routing.port, preview.slot);
    const wrong = open.find(({ headers, clusters }) => headers.get(preview.header) !== preview.value || clusters.size !== 1 || !clusters.has(cluster));
    if (wrong !== undefined)
        return `it has another preview route in ${wrong.where}`;
    const missing = mustServe.find((vs) => !open.some(({ from }) => from?.namespace === vs.namespace && from.name === vs.name));
    return missing === undefined
        ? null
        : `it has no preview route of ${(0,domain_routing/* formatObject */.j)('VirtualService', missing)} yet`;
}

;// CONCATENATED MODULE: ./lib/mesh/prove.js


const pollMs = 15;
const longestAskMs = 3_000;
const shortestAskMs = 250;
/** How often pods that come and go are looked for. */
const relistMs = 500;
/**
 * Asks every proxy, each for itself and all at once, until all have proven the claim. Proxies that appear
 * meanwhile have to prove it too; those that are gone need not.
 * @throws DeadlineError naming the proxies that did not, with the reason of each
 */
async function prove(claim, options, clock) {
    const sinceMs = options.sinceMs ?? clock.monotonic();
    const deadlineMs = clock.monotonic() + options.timeoutMs;
    const proven = new Map();
    for (;;) {
        options.signal?.throwIfAborted();
        const listed = await listOrReason(claim);
        const left = 'reason' in listed ? [] : listed.filter(({ proxy }) => !proven.has(proxy.uid));
        const roundEndsMs = Math.min(deadlineMs, clock.monotonic() + relistMs);
        const missing = (await Promise.all(left.map(async (bound) => {
            const outcome = await askUntil(claim, bound, { roundEndsMs, deadlineMs }, options, clock);
            if (typeof outcome === 'object')
                return `${(0,podView/* formatProxy */.yt)(bound.proxy)}: ${outcome.reason}`;
            const ms = Math.max(0, clock.monotonic() - sinceMs);
            proven.set(bound.proxy.uid, outcome === 'proven' ? { proxy: bound.proxy, ms } : null);
            return null;
        }))).filter((reason) => reason !== null);
        if (!('reason' in listed) && missing.length === 0) {
            const proof = proofOf(listed, proven);
            if (proof !== null)
                return proof;
        }
        if (clock.monotonic() >= deadlineMs)
            throw tooLate(claim, options, listed, missing);
        if (left.length === 0)
            await clock.sleep(relistMs, options.signal);
    }
}
/** A gateway without a ready pod at this moment may have one at the next. */
async function listOrReason(claim) {
    try {
        return await claim.list();
    }
    catch (error) {
        if (error instanceof errors/* PreconditionError */.Rb || error instanceof errors/* ConnectionError */.Rc)
            return { reason: error.message };
        throw error;
    }
}
async function askUntil({ check }, bound, { roundEndsMs, deadlineMs }, { signal }, clock) {
    for (;;) {
        signal?.throwIfAborted();
        const askMs = Math.min(longestAskMs, Math.max(shortestAskMs, deadlineMs - clock.monotonic()));
        const outcome = await check(bound, askMs).catch((error) => {
            if (error instanceof errors/* ConnectionError */.Rc || error instanceof SyntaxError)
                return { reason: error.message };
            throw error;
        });
        const leftMs = roundEndsMs - clock.monotonic();
        if (typeof outcome === 'string' || leftMs <= 0)
            return outcome;
        await clock.sleep(Math.min(pollMs, leftMs), signal);
    }
}
/** null when nobody has proven anything: no proxies is no proof. */
function proofOf(listed, proven) {
    const proxies = listed.flatMap(({ proxy }) => proven.get(proxy.uid) ?? []);
    return proxies.length === 0 ? null : { proxies, worstMs: Math.max(...proxies.map(({ ms }) => ms)) };
}
function tooLate({ what }, { timeoutMs }, listed, missing) {
    const seconds = String(timeoutMs / 1000);
    const proxies = 'reason' in listed ? [] : listed;
    const reasons = 'reason' in listed ? [listed.reason] : missing;
    const count = reasons.length > 0 ? `${String(reasons.length)} of ${String(proxies.length)} proxies` : 'no proxy at all';
    return new errors/* DeadlineError */.j3(`no proof within ${seconds} s that ${what} (${count})${reasons.map((reason) => `\n  ${reason}`).join('')}`, 'Look at istiod (is it running, does it reach these proxies?) and at the pods named above: istioctl proxy-status.');
}

;// CONCATENATED MODULE: ./lib/mesh/proofs.js





const outcomeOf = (difference) => difference === null ? 'proven' : { reason: difference };
/** A sidecar that has no route to the service. A gateway that has none is no stranger, but wrong. */
const isStranger = (proxy, routes, routing) => proxy.kind === 'caller' && !routes.some((route) => reachesService(route, routing));
/** The three things that are proven in the proxies themselves. */
function proofs(admin, clock, listProxies, listGateways) {
    return {
        proveSplit(routing, target, options) {
            const what = target === 'as-read' ? 'its weights as read' : (0,domain_split/* formatSplit */.oe)(target);
            return prove({
                what: `${routing.name.service} is served by ${what}`,
                list: () => listProxies(routing),
                check: async ({ proxy, mustServe }, timeoutMs) => {
                    const routes = await admin.routes(proxy, timeoutMs);
                    if (isStranger(proxy, routes, routing))
                        return 'unrelated';
                    const splitOf = (route) => (target === 'as-read' ? route.split : target);
                    return outcomeOf(differenceIn(routes, routing, { mustServe, splitOf }));
                },
            }, options, clock);
        },
        proveSubset(routing, slot, endpoints, options) {
            return prove({
                what: `${slot} of ${routing.name.service} is known with ${String(endpoints.length)} healthy endpoints`,
                list: () => listProxies(routing),
                check: async ({ proxy }, timeoutMs) => {
                    const clusters = await admin.clusters(proxy, timeoutMs);
                    const isKnown = serviceClusters(clusters, routing).length > 0;
                    if (proxy.kind === 'caller' && !isKnown)
                        return 'unrelated';
                    return outcomeOf(endpointDifference(clusters, routing, slot, endpoints));
                },
            }, options, clock);
        },
        provePreview(routing, preview, options) {
            return prove({
                what: `the preview of ${routing.name.service} is ${preview === null ? 'closed' : 'open'}`,
                // A VirtualService for gateway and mesh opens it to sidecars too: closed means closed there as well.
                list: () => (preview === null ? listProxies(routing) : listGateways(routing)),
                check: async ({ proxy, mustServe }, timeoutMs) => {
                    const routes = await admin.routes(proxy, timeoutMs);
                    if (isStranger(proxy, routes, routing))
                        return 'unrelated';
                    return outcomeOf(previewDifference(routes, routing, preview, mustServe));
                },
            }, options, clock);
        },
    };
}

;// CONCATENATED MODULE: ./lib/mesh/proxyCounters.js



/** Reads every proxy's own counters of each slot's endpoints, all at once. */
async function readCounters(admin, proxies, routing) {
    const answers = await Promise.all(proxies.map(async (proxy) => ({ proxy, clusters: await clustersOrNull(admin, proxy) })));
    const silent = answers.filter(({ clusters }) => clusters === null).map(({ proxy }) => (0,podView/* counterName */.E$)(proxy));
    const of = (slot) => answers.flatMap(({ proxy, clusters }) => (clusters === null ? [] : (hostsOf(clusters, routing, slot) ?? [])).map((host) => ({
        counter: (0,podView/* counterName */.E$)(proxy),
        subject: `${host.ip}:${String(host.port)}`,
        requests: host.requests,
        errors: host.errors,
    })));
    return {
        slots: { blue: { counters: of('blue'), silent }, green: { counters: of('green'), silent } },
        silent,
    };
}
async function clustersOrNull(admin, proxy) {
    try {
        return await admin.clusters(proxy);
    }
    catch (error) {
        if (error instanceof errors/* ConnectionError */.Rc || error instanceof SyntaxError)
            return null;
        throw error;
    }
}

;// CONCATENATED MODULE: ./lib/mesh/setSubset.js








/**
 * Points a slot's subset at a version, where subsets select by version. Never a slot that takes traffic
 * (a subset change under traffic: 503s), never so that it would select the other slot's pods.
 */
async function setSubsetVersion(api, routing, slot, version) {
    const rule = routing.destinationRule;
    const where = `subset ${slot} of ${(0,domain_routing/* formatObject */.j)('DestinationRule', rule)}`;
    if (rule.subsets[slot].labels[domain_subsets/* versionLabel */.dp] === undefined) {
        throw new errors/* PreconditionError */.Rb(`${where} does not select by the label ${domain_subsets/* versionLabel */.dp}: it is not for a release to change`, 'Nothing has to be set where subsets select by a fixed label.');
    }
    // Read again: what was true at the start of the step need not be true now.
    if ((0,domain_routing/* takesTraffic */.C)(await readMesh(api, routing.name, routing.purpose), slot)) {
        throw new errors/* PreconditionError */.Rb(`${where} takes traffic: its labels are not changed`, 'Release into the slot that takes none.');
    }
    await refuseOthersPods(api, routing, slot, version, where);
    const before = await writePlanned(api, resources/* destinationRules */.al, rule, (current) => (0,domain_subsets/* planSubsetVersion */._W)(current, slot, version), () => reread(api, routing));
    return before !== null;
}
async function refuseOthersPods(api, routing, slot, version, where) {
    const wanted = { ...routing.destinationRule.subsets[slot].labels, [domain_subsets/* versionLabel */.dp]: version };
    const others = (await readPods(api, routing))[(0,domain_slot/* otherSlot */.j)(slot)];
    const selected = others.filter(({ labels }) => (0,domain_subsets/* selects */.ko)(wanted, labels));
    if (selected.length === 0)
        return;
    throw new errors/* PreconditionError */.Rb(`${where} with ${domain_subsets/* versionLabel */.dp} ${version} would select ${String(selected.length)} pods of ${(0,domain_slot/* otherSlot */.j)(slot)}: ${selected.map(({ name }) => name).join(', ')}`, 'Release a version that differs from the live one: subsets that select by version cannot tell the same one apart.');
}
async function reread(api, routing) {
    const { namespace, name } = routing.destinationRule;
    const object = await api.get(resources/* destinationRules */.al, namespace, name);
    const reading = readDestinationRule(object === null ? [] : [object], routing.name, routing.purpose);
    if (reading.kind === 'managed')
        return reading.destinationRule;
    throw new errors/* PreconditionError */.Rb(`${(0,domain_routing/* formatObject */.j)('DestinationRule', { namespace, name })} was changed meanwhile: ${reading.problems.map(({ what }) => what).join('; ')}`, 'Find out who changed it, and run the step again.');
}

;// CONCATENATED MODULE: ./lib/mesh/clusterMesh.js











/** The mesh of a cluster: its objects through the API server, its Envoys by port-forward. */
function clusterMesh(api, podHttp, clock) {
    const admin = envoyAdmin(podHttp);
    const listProxies = async (routing) => {
        const gateways = await listGateways(api, routing);
        return routing.meshGoverned ? [...gateways, ...(await listSidecars(api, gateways))] : gateways;
    };
    return {
        read: (name, purpose = 'forward') => readMesh(api, name, purpose),
        pods: (routing) => readPods(api, routing),
        gateways: async (routing) => (await listGateways(api, routing)).map(({ proxy }) => proxy),
        callers: (routing) => listCallers(api, admin, routing),
        setSplit: (routing, target) => changeAll(api, clock, routing, {
            planFor: (vs) => (0,switchPlan/* planWeights */.zS)(vs, (0,switchPlan/* everywhere */.fC)(target)),
            undoFor: switchPlan/* planRestore */.q8,
        }),
        putBack: async (routing, { previous }) => ({
            changed: await undoAll(api, routing, previous),
            acceptedMs: clock.monotonic(),
            previous: [],
        }),
        openPreview: (routing, preview) => changeAll(api, clock, 
        // A route for sidecars alone is not what the tests go through.
        { ...routing, virtualServices: routing.virtualServices.filter((vs) => vs.gateways.length > 0) }, {
            planFor: (vs) => planOpenPreview(vs, routing.name.service, preview),
            undoFor: planClosePreview,
        }),
        closePreview: (routing) => changeAll(api, clock, routing, { planFor: planClosePreview, undoFor: planClosePreview }),
        setSubsetVersion: (routing, slot, version) => setSubsetVersion(api, routing, slot, version),
        entries: (routing) => listEntries(api, admin, routing),
        counters: async (routing) => readCounters(admin, (await listProxies(routing)).map(({ proxy }) => proxy), routing),
        ...proofs(admin, clock, listProxies, (routing) => listGateways(api, routing)),
    };
}

// EXTERNAL MODULE: ./lib/mesh/servingNow.js
var servingNow = __webpack_require__(9989);
;// CONCATENATED MODULE: ./lib/mesh/openService.js







/** Connects an action to its service: closed at the end, and asked what serves when the action fails. */
async function openService(context, inputs) {
    const { clock, log } = context;
    const name = { service: inputs.service, namespace: inputs.namespace };
    const connected = await connect(inputs, clock, context.env);
    context.atExit(() => connected.close());
    log.info(`Cluster: ${connected.title}`);
    const lease = clusterLease(connected.api, clock, log, thisHolder(context.action, context.run, context.env));
    context.atExit(() => lease.releaseAll());
    const api = guardedApi(connected.api, lease);
    const mesh = clusterMesh(api, connected.podHttp, clock);
    context.serving(() => (0,servingNow/* servingNow */.N)(mesh, name));
    return { name, mesh, record: (0,releaseRecord/* configMapRecord */._z)(api, clock), lease, connection: { ...connected, api } };
}


/***/ }),

/***/ 7579:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   E$: () => (/* binding */ counterName),
/* harmony export */   I$: () => (/* binding */ toProxy),
/* harmony export */   JQ: () => (/* binding */ hasRunningSidecar),
/* harmony export */   wg: () => (/* binding */ toServicePod),
/* harmony export */   wm: () => (/* binding */ isReadyGateway),
/* harmony export */   yt: () => (/* binding */ formatProxy)
/* harmony export */ });
/* harmony import */ var _domain_json_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7708);

const proxyContainer = 'istio-proxy';
const sidecarAnnotation = 'sidecar.istio.io/status';
const isTerminating = (pod) => pod.metadata.deletionTimestamp !== undefined;
const isReady = (pod) => !isTerminating(pod) &&
    (0,_domain_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectsAt */ .yR)((0,_domain_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectAt */ .lJ)(pod, 'status'), 'conditions').some(([, condition]) => (0,_domain_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(condition, 'type') === 'Ready' && (0,_domain_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(condition, 'status') === 'True');
/** A gateway's pod that takes requests. */
const isReadyGateway = isReady;
/**
 * A pod with a sidecar that is at work. A native sidecar stands among the initContainers, so the READY column
 * says nothing: the annotation of the injector, or the container's name, does.
 */
function hasRunningSidecar(pod) {
    if (isTerminating(pod))
        return false;
    const status = (0,_domain_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectAt */ .lJ)(pod, 'status');
    const statuses = [...(0,_domain_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectsAt */ .yR)(status, 'containerStatuses'), ...(0,_domain_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectsAt */ .yR)(status, 'initContainerStatuses')];
    const proxy = statuses.find(([, container]) => (0,_domain_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(container, 'name') === proxyContainer);
    if (proxy !== undefined)
        return proxy[1]['ready'] === true;
    return pod.metadata.annotations?.[sidecarAnnotation] !== undefined && isReady(pod);
}
const toProxy = (kind, { metadata }) => ({
    kind,
    pod: { namespace: metadata.namespace ?? '', name: metadata.name },
    uid: metadata.uid ?? metadata.name,
});
/** null for a pod on its way out. */
function toServicePod(pod, targetPort) {
    if (isTerminating(pod))
        return null;
    return {
        name: pod.metadata.name,
        uid: pod.metadata.uid ?? pod.metadata.name,
        ip: (0,_domain_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)((0,_domain_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectAt */ .lJ)(pod, 'status'), 'podIP') ?? '',
        port: typeof targetPort === 'number' ? targetPort : namedPort(pod, targetPort),
        ready: isReady(pod),
        labels: pod.metadata.labels ?? {},
        deployment: deploymentOf(pod),
    };
}
function namedPort(pod, name) {
    const ports = (0,_domain_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectsAt */ .yR)((0,_domain_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectAt */ .lJ)(pod, 'spec'), 'containers').flatMap(([, container]) => (0,_domain_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectsAt */ .yR)(container, 'ports').map(([, port]) => port));
    const found = ports.find((port) => (0,_domain_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(port, 'name') === name);
    return found === undefined ? null : (0,_domain_json_js__WEBPACK_IMPORTED_MODULE_0__/* .numberAt */ .tk)(found, 'containerPort');
}
/** A Deployment's ReplicaSet has its name, a hyphen and a hash. */
function deploymentOf({ metadata }) {
    const owner = (0,_domain_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectsAt */ .yR)(metadata, 'ownerReferences').find(([, one]) => (0,_domain_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(one, 'kind') === 'ReplicaSet');
    const name = owner === undefined ? null : (0,_domain_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(owner[1], 'name');
    return name === null ? null : name.replace(/-[^-]+$/, '');
}
/** Who counts: with the pod's uid, because a pod that comes back under its old name counts from 0. */
const counterName = (proxy) => `${formatProxy(proxy)} (${proxy.uid})`;
const formatProxy = ({ kind, pod }) => `${kind === 'gateway' ? 'gateway' : 'sidecar of'} ${pod.namespace}/${pod.name}`;


/***/ }),

/***/ 9989:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   N: () => (/* binding */ servingNow)
/* harmony export */ });
/* harmony import */ var _domain_serving_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(3288);

/** For the last line of a failure: asked anew, because whatever was known before may have changed. */
async function servingNow(mesh, name) {
    const routing = await mesh.read(name, 'back');
    return (0,_domain_serving_js__WEBPACK_IMPORTED_MODULE_0__/* .describeServing */ .Y)(routing, await mesh.pods(routing));
}


/***/ }),

/***/ 7976:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  C: () => (/* binding */ runAction)
});

// UNUSED EXPORTS: runOn

;// CONCATENATED MODULE: ./lib/runtime/clock.js
const systemClock = {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    sleep: (ms, signal) => new Promise((resolve, reject) => {
        if (signal?.aborted) {
            reject(asError(signal.reason));
            return;
        }
        const onAbort = () => {
            clearTimeout(timer);
            reject(asError(signal?.reason));
        };
        const timer = setTimeout(() => {
            signal?.removeEventListener('abort', onAbort);
            resolve();
        }, ms);
        signal?.addEventListener('abort', onAbort, { once: true });
    }),
    every: (ms, tick) => {
        const timer = setInterval(tick, ms).unref();
        return () => clearInterval(timer);
    },
};
function asError(reason) {
    return reason instanceof Error ? reason : new Error(`aborted: ${String(reason)}`);
}

// EXTERNAL MODULE: ./lib/runtime/errors.js
var errors = __webpack_require__(525);
// EXTERNAL MODULE: ./lib/runtime/inputs.js
var inputs = __webpack_require__(963);
// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
;// CONCATENATED MODULE: ./lib/runtime/outputs.js


/**
 * Into the file that GitHub names; at a terminal, lines of the log. Written at once, so that a step that fails or
 * is killed later has told what it knew. (Written here and not by @actions/core: its import alone costs a switch.)
 * Source: GitHub docs, "Workflow commands", multiline strings.
 */
function fileOutputs(file, log) {
    return {
        set(name, value) {
            const text = String(value);
            if (file === undefined || file === '') {
                log.info(`output ${name}: ${text}`);
                return;
            }
            // A delimiter that no value can guess, or a value could set other outputs.
            const delimiter = `ghadelimiter_${(0,external_node_crypto_.randomUUID)()}`;
            (0,external_node_fs_.appendFileSync)(file, `${name}<<${delimiter}\n${text}\n${delimiter}\n`);
        },
    };
}

;// CONCATENATED MODULE: ./lib/runtime/run.js
function workflowRun(env) {
    const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: id } = env;
    const attempt = env['GITHUB_RUN_ATTEMPT'] ?? '1';
    const isComplete = server !== undefined && repository !== undefined && id !== undefined;
    return {
        url: isComplete ? `${server}/${repository}/actions/runs/${id}/attempts/${attempt}` : null,
        actor: env['GITHUB_ACTOR'] ?? env['USER'] ?? null,
        sha: env['GITHUB_SHA'] ?? null,
    };
}

;// CONCATENATED MODULE: ./lib/runtime/shutdown.js
/** The job was cancelled, or someone pressed Ctrl-C. */
class CancelledError extends Error {
    constructor(signal) {
        super(`stopped by ${signal}`);
        this.name = 'CancelledError';
    }
}
/**
 * Turns SIGINT and SIGTERM into an abort, so that every wait ends and every `finally` runs. GitHub sends SIGINT,
 * 7.5 s later SIGTERM, 2.5 s later it kills: the second signal must not cut short what the first one began.
 */
function abortOnSignals(source) {
    const controller = new AbortController();
    const onInterrupt = () => {
        controller.abort(new CancelledError('SIGINT'));
    };
    const onTerminate = () => {
        controller.abort(new CancelledError('SIGTERM'));
    };
    source.on('SIGINT', onInterrupt);
    source.on('SIGTERM', onTerminate);
    return {
        signal: controller.signal,
        stop() {
            source.off('SIGINT', onInterrupt);
            source.off('SIGTERM', onTerminate);
        },
    };
}

;// CONCATENATED MODULE: ./lib/runtime/summary.js

/** Appends to the file that GitHub names; nowhere outside of GitHub, where the log has said it all. */
function fileSummary(file) {
    const append = (markdown) => {
        if (file !== undefined && file !== '')
            (0,external_node_fs_.appendFileSync)(file, `${markdown}\n\n`);
    };
    const table = (header, rows) => {
        const line = (cells) => `| ${cells.map(cell).join(' | ')} |`;
        append([line(header), `|${' --- |'.repeat(header.length)}`, ...rows.map(line)].join('\n'));
    };
    return {
        heading: (text) => append(`### ${cell(text)}`),
        facts: (rows) => table(['', ''], rows),
        table,
    };
}
const cell = (text) => text
    .replace(/[&<>]/g, (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[char] ?? char)
    .replaceAll('|', '\\|')
    .replace(/\r?\n/g, '<br>');

;// CONCATENATED MODULE: ./lib/runtime/workflowLog.js
/**
 * The log of a workflow step: plain lines, and GitHub's workflow commands for warnings, errors and groups.
 * At a terminal the same in plain text. Source: GitHub docs, "Workflow commands for GitHub Actions".
 */
function workflowLog(sink, inGitHub) {
    const command = (name, text) => {
        sink.write(inGitHub ? `::${name}::${escapeData(text)}\n` : `${name}: ${text}\n`);
    };
    return {
        info: (line) => {
            sink.write(`${harmless(line)}\n`);
        },
        warning: (line) => {
            command('warning', line);
        },
        error: (message) => {
            command('error', message);
        },
        group: (title, lines) => {
            const body = lines.map((line) => `${inGitHub ? '' : '  '}${harmless(line)}\n`).join('');
            sink.write(inGitHub ? `::group::${escapeData(title)}\n${body}::endgroup::\n` : `${title}\n${body}`);
        },
    };
}
const escapeData = (text) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
/** A line that comes from a cluster or a program must not be taken for a workflow command. */
const harmless = (line) => line.replace(/^(\s*)::/gm, '$1: :').replaceAll('##[', '# #[');

;// CONCATENATED MODULE: ./lib/runtime/action.js








const thisProcess = () => ({
    env: process.env,
    stdout: process.stdout,
    signals: process,
    clock: systemClock,
});
/** The last line of a failure has to come, even when the cluster does not answer. */
const servingTimeoutMs = 5_000;
/**
 * Runs one action to its end: reports a failure with its remedy and, as the last line, what serves the users now.
 * Sets the process's exit code; never throws.
 */
async function runAction(name, action, host = thisProcess()) {
    process.exitCode = await runOn(host, name, action);
}
/** @returns the exit code */
async function runOn(host, name, action) {
    const { env, clock } = host;
    const log = workflowLog(host.stdout, env['GITHUB_ACTIONS'] === 'true');
    const shutdown = abortOnSignals(host.signals);
    const closers = [];
    let serving = null;
    try {
        await action({
            action: name,
            inputs: (0,inputs/* givenInputs */.PC)(env),
            env,
            log,
            clock,
            signal: shutdown.signal,
            outputs: fileOutputs(env['GITHUB_OUTPUT'], log),
            summary: fileSummary(env['GITHUB_STEP_SUMMARY']),
            run: workflowRun(env),
            serving: (read) => (serving = read),
            atExit: (close) => closers.unshift(close),
        });
        return 0;
    }
    catch (error) {
        log.error(describe(name, error));
        log.info(`Serving now: ${await whatServes(serving, clock)}`);
        return 1;
    }
    finally {
        for (const close of closers) {
            await Promise.resolve()
                .then(close)
                .catch((error) => log.warning(`while ending: ${messageOf(error)}`));
        }
        shutdown.stop();
    }
}
function describe(name, error) {
    if (error instanceof errors/* RemedyError */.By) {
        return `${name}: ${error.message}\nWhat to do: ${error.remedy}`;
    }
    if (error instanceof Error && error.name === 'CancelledError') {
        return `${name}: ${error.message}\nWhat to do: run the step again; it finishes or undoes what was begun.`;
    }
    const details = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return `${name}: this is a defect of c4ang/actions, not of your workflow: ${details}\nWhat to do: report it with this log.`;
}
async function whatServes(read, clock) {
    if (read === null)
        return 'what served before: the step ended before it asked the cluster, and changed nothing';
    const timeout = new AbortController();
    try {
        return await Promise.race([
            read(),
            clock
                .sleep(servingTimeoutMs, timeout.signal)
                .then(() => 'unknown, because the cluster did not answer in time'),
        ]);
    }
    catch (error) {
        return `unknown, because ${messageOf(error).replaceAll('\n', ' ')}`;
    }
    finally {
        timeout.abort(new Error('answered'));
    }
}
const messageOf = (error) => (error instanceof Error ? error.message : String(error));


/***/ }),

/***/ 525:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   By: () => (/* binding */ RemedyError),
/* harmony export */   PU: () => (/* binding */ LostLeaseError),
/* harmony export */   Rb: () => (/* binding */ PreconditionError),
/* harmony export */   Rc: () => (/* binding */ ConnectionError),
/* harmony export */   ZS: () => (/* binding */ RollbackError),
/* harmony export */   dz: () => (/* binding */ InputError),
/* harmony export */   fK: () => (/* binding */ ConflictError),
/* harmony export */   i_: () => (/* binding */ PermissionError),
/* harmony export */   j3: () => (/* binding */ DeadlineError),
/* harmony export */   mk: () => (/* binding */ VerificationError),
/* harmony export */   qB: () => (/* binding */ BusyError),
/* harmony export */   v4: () => (/* binding */ ToolError)
/* harmony export */ });
/**
 * Errors by remedy: the class says what the reader has to do, the message says with which object.
 * Whatever is thrown and is none of these is a defect of this project.
 */
class RemedyError extends Error {
    /** One line under the message: what to do now. */
    remedy;
    constructor(message, remedy, options) {
        super(message, options);
        this.name = new.target.name;
        this.remedy = remedy;
    }
}
/** Fix the workflow. Lists every wrong input at once. */
class InputError extends RemedyError {
    problems;
    constructor(problems) {
        const lines = problems.map(({ input, given, allowed, example }) => `  ${input}: given ${given === '' ? 'nothing' : JSON.stringify(given)}; allowed: ${allowed}; for example: ${example}`);
        super(`${String(problems.length)} wrong input${problems.length === 1 ? '' : 's'}:\n${lines.join('\n')}`, 'Correct the inputs in the workflow. Nothing was read from the cluster and nothing was changed.');
        this.problems = problems;
    }
}
/** The cluster or the service is not in a shape that this step may work on: fix that first. */
class PreconditionError extends RemedyError {
}
/** Nobody answers: address, network, credentials that expired. */
class ConnectionError extends RemedyError {
}
/** Grant what the remedy prints: an RBAC rule or an IAM action. */
class PermissionError extends RemedyError {
}
/** Someone else changed the object meanwhile. */
class ConflictError extends RemedyError {
}
/** Another release of the service is under way: wait for it, or end it. */
class BusyError extends RemedyError {
}
/** Somebody took the lease, or it could not be renewed: this process stops, and puts nothing back. */
class LostLeaseError extends RemedyError {
}
/** A program ended badly. Carries argv (never a secret in it), exit code and the last lines of stderr. */
class ToolError extends RemedyError {
    argv;
    exitCode;
    constructor(argv, exitCode, stderrTail, remedy) {
        super(`${argv.join(' ')} ended with ${exitCode === null ? 'a signal' : `exit code ${String(exitCode)}`}\n${stderrTail}`.trimEnd(), remedy);
        this.argv = argv;
        this.exitCode = exitCode;
    }
}
/** The candidate is bad, or could not be shown to be good. */
class VerificationError extends RemedyError {
}
/** Look now: traffic is not where it should be. The message says what serves at this moment. */
class RollbackError extends RemedyError {
}
/** A wait ended without what it waited for. */
class DeadlineError extends RemedyError {
}


/***/ }),

/***/ 963:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   PC: () => (/* binding */ givenInputs),
/* harmony export */   P_: () => (/* binding */ defaulted),
/* harmony export */   TL: () => (/* binding */ parseInputs),
/* harmony export */   lq: () => (/* binding */ optional),
/* harmony export */   mw: () => (/* binding */ required)
/* harmony export */ });
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(525);

const required = (rule) => ({ rule, whenEmpty: 'required' });
const optional = (rule) => ({ rule, whenEmpty: 'null' });
/** The default is text, exactly as it stands in action.yml: a contract test compares the two. */
const defaulted = (rule, text) => ({ rule, whenEmpty: { text } });
/**
 * Reads all inputs into one typed object.
 * @throws InputError that lists every wrong, missing and unknown input at once
 */
function parseInputs(given, fields) {
    const problems = [];
    const values = {};
    for (const name of Object.keys(fields)) {
        const outcome = parseField(name, given[name]?.trim() ?? '', fields[name]);
        if (outcome.problem === undefined)
            values[name] = outcome.value;
        else
            problems.push(outcome.problem);
    }
    for (const name of Object.keys(given)) {
        if (!(name in fields))
            problems.push(unknownInput(name, given[name] ?? '', Object.keys(fields)));
    }
    if (problems.length > 0)
        throw new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .InputError */ .dz(problems);
    return values;
}
function parseField(input, raw, { rule, whenEmpty }) {
    // A field made by optional() has null in its type.
    if (raw === '' && whenEmpty === 'null')
        return { value: null };
    const text = raw === '' && typeof whenEmpty === 'object' ? whenEmpty.text : raw;
    const value = text === '' ? undefined : rule.parse(text);
    if (value !== undefined)
        return { value };
    return { problem: { input, given: raw, allowed: rule.allowed, example: rule.example } };
}
function unknownInput(input, given, known) {
    return {
        input: `${input} (no such input)`,
        given,
        allowed: known.join(', '),
        example: known[0] ?? 'no inputs at all',
    };
}
/** What GitHub hands to a JavaScript action: INPUT_<NAME>, upper case, hyphens kept. Empty ones count as not given. */
function givenInputs(env) {
    const given = {};
    for (const [key, value] of Object.entries(env)) {
        if (key.startsWith('INPUT_') && value !== undefined && value !== '') {
            given[key.slice('INPUT_'.length).toLowerCase()] = value;
        }
    }
    return given;
}


/***/ }),

/***/ 5323:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   FF: () => (/* binding */ eksClusterName),
/* harmony export */   Lm: () => (/* binding */ yesNo),
/* harmony export */   Ue: () => (/* binding */ awsRegion),
/* harmony export */   X1: () => (/* binding */ percentage),
/* harmony export */   dp: () => (/* binding */ versionLabel),
/* harmony export */   dz: () => (/* binding */ namespaceName),
/* harmony export */   fW: () => (/* binding */ contextName),
/* harmony export */   fe: () => (/* binding */ serviceName),
/* harmony export */   jq: () => (/* binding */ imageByDigest),
/* harmony export */   p0: () => (/* binding */ duration),
/* harmony export */   q3: () => (/* binding */ httpUrl),
/* harmony export */   rD: () => (/* binding */ wholeNumber),
/* harmony export */   s$: () => (/* binding */ filePath),
/* harmony export */   ty: () => (/* binding */ risingPercents),
/* harmony export */   wi: () => (/* binding */ urlPaths),
/* harmony export */   yL: () => (/* binding */ oneOf),
/* harmony export */   yU: () => (/* binding */ someOf)
/* harmony export */ });
/* unused harmony export urlPath */
const matching = (pattern, allowed, example) => ({
    allowed,
    example,
    parse: (raw) => (pattern.test(raw) ? raw : undefined),
});
/** RFC 1035 label, as Kubernetes wants for a Service; 53 characters leave room for `-release`, `-green`. */
const serviceName = matching(/^[a-z](?:[a-z0-9-]{0,51}[a-z0-9])?$/, 'a Service name: lower-case letters, digits and hyphens, starting with a letter, at most 53 characters', 'order-api');
/** RFC 1123 label. */
const namespaceName = matching(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'a namespace: lower-case letters, digits and hyphens, at most 63 characters', 'ecommerce');
/** A Kubernetes label value that is also safe in a header match. */
const versionLabel = matching(/^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/, 'a version that can be a label: letters, digits, dots, hyphens and underscores, at most 63 characters', 'v1.1.0');
/** By digest only: a tag can move between scan and pod. */
const imageByDigest = matching(/^[a-z0-9][a-z0-9.-]*(?::\d{1,5})?(?:\/[a-z0-9._-]+)+@sha256:[0-9a-f]{64}$/, 'an image by digest: registry/repository@sha256: and 64 hexadecimal digits', '111122223333.dkr.ecr.ap-northeast-2.amazonaws.com/order-api@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08');
/** Percent-encoded or plain ASCII path, no spaces, no fragment. */
const urlPath = matching(/^\/[A-Za-z0-9\-._~!$&'()*+,;=:@%/?]*$/, 'a path that starts with a slash', '/api/v1/orders');
const urlPaths = {
    allowed: 'paths that start with a slash, separated by commas or new lines',
    example: '/actuator/health, /actuator/health/readiness',
    parse: (raw) => {
        const paths = raw
            .split(/[\n,]/)
            .map((part) => part.trim())
            .filter((part) => part !== '');
        return paths.length > 0 && paths.every((path) => urlPath.parse(path) !== undefined) ? paths : undefined;
    },
};
/** Prometheus and friends: http or https, without credentials in it. */
const httpUrl = {
    allowed: 'an http or https address without user name and password',
    example: 'http://prometheus.monitoring.svc:9090',
    parse: (raw) => {
        const url = URL.canParse(raw) ? new URL(raw) : undefined;
        const plain = url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
        return plain ? url : undefined;
    },
};
const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
/** Milliseconds, between the bounds given. */
const duration = (atLeastMs, atMostMs, example) => ({
    allowed: `a whole number with a unit (ms, s, m, h), from ${formatMs(atLeastMs)} to ${formatMs(atMostMs)}`,
    example,
    parse: (raw) => {
        const [, count, unit] = /^(\d{1,9})(ms|s|m|h)$/.exec(raw) ?? [];
        const ms = Number(count) * (unitMs[unit ?? ''] ?? Number.NaN);
        return ms >= atLeastMs && ms <= atMostMs ? ms : undefined;
    },
});
function formatMs(ms) {
    const unit = ['h', 'm', 's'].find((name) => ms % (unitMs[name] ?? 1) === 0 && ms !== 0) ?? 'ms';
    return `${String(ms / (unitMs[unit] ?? 1))}${unit}`;
}
const wholeNumber = (atLeast, atMost) => ({
    allowed: `a whole number from ${String(atLeast)} to ${String(atMost)}`,
    example: String(Math.min(Math.max(2, atLeast), atMost)),
    parse: (raw) => {
        const value = /^\d{1,9}$/.test(raw) ? Number(raw) : Number.NaN;
        return value >= atLeast && value <= atMost ? value : undefined;
    },
});
/** `1%` or `0.5%`, as a share between 0 and 1. */
const percentage = {
    allowed: 'a percentage from 0% to 100%',
    example: '1%',
    parse: (raw) => {
        const [, number] = /^(\d{1,3}(?:\.\d{1,4})?)\s*%$/.exec(raw) ?? [];
        const share = Number(number) / 100;
        return number !== undefined && share <= 1 ? share : undefined;
    },
};
const oneOf = (...choices) => ({
    allowed: choices.join(' | '),
    example: choices[0],
    parse: (raw) => choices.find((choice) => choice === raw),
});
/** One or more of them, each once. */
const someOf = (...choices) => ({
    allowed: `one or more of ${choices.join(', ')}, separated by commas`,
    example: choices.slice(0, 2).join(', '),
    parse: (raw) => {
        const parts = raw.split(',').map((part) => choices.find((choice) => choice === part.trim()));
        const known = parts.filter((part) => part !== undefined);
        return known.length === parts.length && new Set(known).size === known.length ? known : undefined;
    },
});
/** Percent of the traffic, step by step up to all of it. */
const risingPercents = {
    allowed: 'whole percentages from 1 to 100, rising, the last one 100, separated by commas',
    example: '10, 30, 50, 80, 100',
    parse: (raw) => {
        const values = raw.split(',').map((part) => wholeNumber(1, 100).parse(part.trim()) ?? 0);
        const isRising = values.every((value, place) => value > (values[place - 1] ?? 0));
        return isRising && values.at(-1) === 100 ? values : undefined;
    },
};
const yesNo = {
    allowed: 'true | false',
    example: 'true',
    parse: (raw) => (raw === 'true' ? true : raw === 'false' ? false : undefined),
};
/** A file or folder. It never starts with a hyphen, so that no program takes it for an option. */
const filePath = matching(/^[^-\0\n][^\0\n]*$/, 'a path that does not start with a hyphen', './deploy/values.yaml');
/** The name of a kubeconfig context. EKS uses ARNs, so colons and slashes are fine. */
const contextName = matching(/^[A-Za-z0-9][A-Za-z0-9_.:/@-]{0,252}$/, 'the name of a context in the kubeconfig', 'arn:aws:eks:ap-northeast-2:111122223333:cluster/shop');
/** https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html, parameter name. */
const eksClusterName = matching(/^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$/, 'the name of an EKS cluster: letters, digits, hyphens and underscores, at most 100 characters', 'shop');
const awsRegion = matching(/^[a-z]{2}(?:-[a-z]+)+-\d$/, 'an AWS region', 'ap-northeast-2');


/***/ })

};
