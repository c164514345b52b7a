package main

import (
	"context"
	"fmt"
	"log/slog"

	"k8s.io/client-go/tools/clientcmd"

	"github.com/c4ang/actions/lab/programs/control-plane/kube"
	"github.com/c4ang/actions/lab/programs/control-plane/mesh"
	"github.com/c4ang/actions/lab/programs/control-plane/xds"
)

// run watches the cluster and serves proxies until ctx ends. Proxies are served
// only once the whole cluster is known: one that reconnects after a restart
// would otherwise be told that its routes are gone.
func run(ctx context.Context, o options) error {
	if err := o.check(); err != nil {
		return err
	}
	config, err := clientcmd.BuildConfigFromFlags("", o.kubeconfig)
	if err != nil {
		return fmt.Errorf("--kubeconfig %q: %w", o.kubeconfig, err)
	}
	events := make(chan struct{}, 1)
	watcher, err := kube.NewWatcher(config, func() {
		select {
		case events <- struct{}{}:
		default: // one is waiting already, and covers this one
		}
	})
	if err != nil {
		return err
	}
	if err := watcher.Start(ctx); err != nil {
		return err
	}
	var said complaints
	world := func() *mesh.World {
		w, err := watcher.World()
		said.about(w, err)
		return w
	}
	p, err := serve(ctx, o, world())
	if err != nil {
		return err
	}
	defer p.close()
	go xds.Debounce(ctx, events, o.debounce, o.debounceMax, func() { p.push(world()) })

	select {
	case <-ctx.Done():
		slog.Info("stopped") // proxies keep what they have
		return nil
	case err := <-p.failed:
		return err
	}
}
