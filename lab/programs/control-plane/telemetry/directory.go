package telemetry

import (
	"sync"

	"github.com/c4ang/actions/lab/programs/control-plane/mesh"
)

// Directory finds pods by address. It keeps the last pod of an address after it
// has gone, because the log of its last requests comes a moment later.
type Directory struct {
	mu        sync.RWMutex
	byAddress map[string]*mesh.Pod
}

// Learn takes the pods of a new world in.
func (d *Directory) Learn(w *mesh.World) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.byAddress == nil {
		d.byAddress = map[string]*mesh.Pod{}
	}
	for _, p := range w.Pods {
		if p.Address != "" {
			d.byAddress[p.Address] = p
		}
	}
}

// at finds a pod, nil when there never was one.
func (d *Directory) at(address string) *mesh.Pod {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.byAddress[address]
}
