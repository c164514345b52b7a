package kube

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	core "k8s.io/api/core/v1"
	discovery "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"

	"github.com/c4ang/actions/lab/programs/control-plane/mesh"
)

var istioAPI = schema.GroupVersion{Group: "networking.istio.io", Version: "v1"}

var istioResources = []string{"virtualservices", "destinationrules", "gateways"}

// Watcher keeps a copy of everything the mesh is made of.
type Watcher struct {
	client   dynamic.Interface
	typed    informers.SharedInformerFactory
	dynamic  dynamicinformer.DynamicSharedInformerFactory
	services cache.SharedIndexInformer
	slices   cache.SharedIndexInformer
	pods     cache.SharedIndexInformer
	istio    []cache.SharedIndexInformer
}

// NewWatcher prepares to watch; changed is called, from several goroutines, for
// each change that can matter to a proxy.
func NewWatcher(config *rest.Config, changed func()) (*Watcher, error) {
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	untyped, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	w := &Watcher{
		client:  untyped,
		typed:   informers.NewSharedInformerFactory(client, 0),
		dynamic: dynamicinformer.NewDynamicSharedInformerFactory(untyped, 0),
	}
	w.services = w.typed.Core().V1().Services().Informer()
	w.slices = w.typed.Discovery().V1().EndpointSlices().Informer()
	w.pods = w.typed.Core().V1().Pods().Informer()
	for _, resource := range istioResources {
		w.istio = append(w.istio, w.dynamic.ForResource(istioAPI.WithResource(resource)).Informer())
	}
	for _, informer := range w.all() {
		if err := informer.SetTransform(forgetManagedFields); err != nil {
			return nil, err
		}
		if _, err := informer.AddEventHandler(handler(changed)); err != nil {
			return nil, err
		}
	}
	return w, nil
}

func (w *Watcher) all() []cache.SharedIndexInformer {
	return append([]cache.SharedIndexInformer{w.services, w.slices, w.pods}, w.istio...)
}

// forgetManagedFields drops the largest part of most objects, which nobody reads here.
func forgetManagedFields(in any) (any, error) {
	if accessor, err := meta.Accessor(in); err == nil {
		accessor.SetManagedFields(nil)
	}
	return in, nil
}

// Start begins to watch and returns when the copy is complete: no proxy may be
// told of a world that is only half known.
func (w *Watcher) Start(ctx context.Context) error {
	if err := w.waitUntilReadable(ctx); err != nil {
		return err
	}
	w.typed.Start(ctx.Done())
	w.dynamic.Start(ctx.Done())
	for _, informer := range w.all() {
		if !cache.WaitForCacheSync(ctx.Done(), informer.HasSynced) {
			return errors.New("stopped before the cluster was read")
		}
	}
	return nil
}

// waitUntilReadable tries to read every kind, often, because an informer that
// starts before its kind exists, or before this program may read it, retries
// ever more rarely.
func (w *Watcher) waitUntilReadable(ctx context.Context) error {
	said := ""
	for {
		err := w.firstUnreadable(ctx)
		if err == nil {
			return nil
		}
		if err.Error() != said {
			slog.Info("waiting for the cluster", "because", err)
			said = err.Error()
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("stopped while waiting: %w", err)
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func (w *Watcher) firstUnreadable(ctx context.Context) error {
	kinds := []schema.GroupVersionResource{
		core.SchemeGroupVersion.WithResource("services"),
		core.SchemeGroupVersion.WithResource("pods"),
		discovery.SchemeGroupVersion.WithResource("endpointslices"),
	}
	for _, resource := range istioResources {
		kinds = append(kinds, istioAPI.WithResource(resource))
	}
	for _, kind := range kinds {
		if _, err := w.client.Resource(kind).List(ctx, metav1.ListOptions{Limit: 1}); err != nil {
			return err
		}
	}
	return nil
}

// World describes the cluster as it is now. Objects that cannot be read are
// left out and reported.
func (w *Watcher) World() (*mesh.World, error) {
	out := &mesh.World{Endpoints: map[string][]mesh.Endpoint{}, Pods: map[string]*mesh.Pod{}}
	var problems []error
	for _, o := range w.pods.GetStore().List() {
		p := pod(o.(*core.Pod))
		out.Pods[p.Namespace+"/"+p.Name] = p
	}
	slicesOf := map[string][]*discovery.EndpointSlice{}
	for _, o := range w.slices.GetStore().List() {
		s := o.(*discovery.EndpointSlice)
		owner := s.Namespace + "/" + s.Labels[discovery.LabelServiceName]
		slicesOf[owner] = append(slicesOf[owner], s)
	}
	for _, o := range w.services.GetStore().List() {
		in := o.(*core.Service)
		own := slicesOf[in.Namespace+"/"+in.Name]
		if s := service(in, own); s != nil {
			out.Services = append(out.Services, s)
			out.Endpoints[s.Host()] = endpoints(own, func(key string) map[string]string {
				if p := out.Pods[key]; p != nil {
					return p.Labels
				}
				return nil
			})
		}
	}
	for _, informer := range w.istio {
		for _, o := range informer.GetStore().List() {
			raw, err := o.(*unstructured.Unstructured).MarshalJSON()
			if err == nil {
				err = out.Add(raw)
			}
			if err != nil {
				problems = append(problems, err)
			}
		}
	}
	out.Sort()
	out.MergeDelegates()
	return out, errors.Join(problems...)
}
