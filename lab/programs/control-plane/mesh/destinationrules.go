package mesh

import (
	"google.golang.org/protobuf/proto"
	networking "istio.io/api/networking/v1alpha3"
)

// rule is what all DestinationRules of one host in one namespace say together.
type rule struct {
	name, namespace string // of the oldest, which lends its name to the metadata
	traffic         *networking.TrafficPolicy
	declared        []*networking.Subset
}

// destinationRuleFor finds the rule that a proxy applies to a service: one in
// the proxy's own namespace, else in the service's, else in the root namespace;
// an exact host before a wildcard. Nil when there is none.
func destinationRuleFor(w *World, p Proxy, s *Service) *rule {
	looked := map[string]bool{}
	for _, namespace := range []string{p.Namespace, s.Namespace, RootNamespace} {
		if looked[namespace] {
			continue
		}
		looked[namespace] = true
		if r := ruleIn(w, p, namespace, s.Host()); r != nil {
			return r
		}
	}
	return nil
}

func ruleIn(w *World, p Proxy, namespace, host string) *rule {
	best := ""
	for _, dr := range w.DestinationRules {
		if !exported(dr.Spec.ExportTo, dr.Namespace, p.Namespace) {
			continue
		}
		h := fullHost(dr.Spec.Host, dr.Namespace)
		if dr.Namespace == namespace && covers(h, host) && len(h) > len(best) {
			best = h
		}
	}
	var out *rule
	for _, dr := range w.DestinationRules {
		if !exported(dr.Spec.ExportTo, dr.Namespace, p.Namespace) ||
			dr.Namespace != namespace || fullHost(dr.Spec.Host, dr.Namespace) != best || best == "" {
			continue
		}
		if out == nil {
			out = &rule{name: dr.Name, namespace: dr.Namespace}
		}
		out.merge(dr.Spec)
	}
	return out
}

// merge adds a younger DestinationRule of the same host: the first definition
// of a subset, and the first traffic policy, stay.
func (r *rule) merge(spec *networking.DestinationRule) {
	for _, s := range spec.Subsets {
		if r.subset(s.Name) == nil {
			r.declared = append(r.declared, s)
		}
	}
	if r.traffic == nil {
		r.traffic = spec.TrafficPolicy
	}
}

func (r *rule) subset(name string) *networking.Subset {
	for _, s := range r.subsets() {
		if s.Name == name {
			return s
		}
	}
	return nil
}

func (r *rule) subsets() []*networking.Subset {
	if r == nil {
		return nil
	}
	return r.declared
}

// policy is the traffic policy of a subset (nil: of all endpoints) on a port:
// the rule's, overlaid by the subset's, each field as a whole; a port-level
// setting replaces all of it for its port.
func (r *rule) policy(port int, subset *networking.Subset) *networking.TrafficPolicy {
	if r == nil {
		return nil
	}
	merged := &networking.TrafficPolicy{}
	for _, layer := range []*networking.TrafficPolicy{r.traffic, subset.GetTrafficPolicy()} {
		overlay(merged, layer)
	}
	for _, level := range merged.PortLevelSettings {
		if int(level.GetPort().GetNumber()) == port {
			return &networking.TrafficPolicy{ConnectionPool: level.ConnectionPool,
				LoadBalancer: level.LoadBalancer, OutlierDetection: level.OutlierDetection, Tls: level.Tls}
		}
	}
	return merged
}

func overlay(base, layer *networking.TrafficPolicy) {
	from, into := layer.ProtoReflect(), base.ProtoReflect()
	if !from.IsValid() {
		return
	}
	fields := from.Descriptor().Fields()
	for i := range fields.Len() {
		if f := fields.Get(i); from.Has(f) {
			into.Set(f, proto.Clone(layer).ProtoReflect().Get(f))
		}
	}
}
