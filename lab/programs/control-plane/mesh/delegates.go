package mesh

import (
	"maps"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	networking "istio.io/api/networking/v1alpha3"
)

// MergeDelegates puts the routes of VirtualServices without hosts in the place
// of the routes that hand over to them, and takes those VirtualServices out:
// nothing serves them by themselves. One level, as in Istio; what cannot be
// followed is left out, and Unsupported has nothing to say about it, since
// istiod does the same.
func (w *World) MergeDelegates() {
	delegates := map[string]VirtualService{}
	var out []VirtualService
	for _, vs := range w.VirtualServices {
		if len(vs.Spec.Hosts) == 0 {
			delegates[vs.Namespace+"/"+vs.Name] = vs
		}
	}
	for _, vs := range w.VirtualServices {
		if len(vs.Spec.Hosts) == 0 {
			continue
		}
		if slices.ContainsFunc(vs.Spec.Http, func(r *networking.HTTPRoute) bool { return r.Delegate != nil }) {
			vs.Spec = withDelegates(vs, delegates)
		}
		out = append(out, vs)
	}
	w.VirtualServices = out
}

func withDelegates(root VirtualService, delegates map[string]VirtualService) *networking.VirtualService {
	spec := proto.Clone(root.Spec).(*networking.VirtualService)
	spec.Http = nil
	for _, rule := range root.Spec.Http {
		if rule.Delegate == nil {
			spec.Http = append(spec.Http, rule)
			continue
		}
		namespace := rule.Delegate.Namespace
		if namespace == "" {
			namespace = root.Namespace
		}
		delegate, ok := delegates[namespace+"/"+rule.Delegate.Name]
		if !ok || !exported(delegate.Spec.ExportTo, delegate.Namespace, root.Namespace) {
			continue
		}
		for _, leaf := range delegate.Spec.Http {
			if leaf.Delegate != nil {
				continue
			}
			if merged := mergedRoute(inFull(rule, root.Namespace), inFull(leaf, delegate.Namespace)); merged != nil {
				spec.Http = append(spec.Http, merged)
			}
		}
	}
	return spec
}

// inFull copies a rule with its short names completed, so that it means the
// same in another VirtualService's namespace.
func inFull(rule *networking.HTTPRoute, namespace string) *networking.HTTPRoute {
	out := proto.Clone(rule).(*networking.HTTPRoute)
	complete := func(d *networking.Destination) {
		if d != nil {
			d.Host = fullHost(d.Host, namespace)
		}
	}
	for _, dst := range out.Route {
		complete(dst.Destination)
	}
	complete(out.Mirror)
	for _, m := range out.Mirrors {
		complete(m.Destination)
	}
	for _, m := range out.Match {
		if len(m.Gateways) > 0 {
			m.Gateways = gatewayNames(m.Gateways, namespace)
		}
	}
	return out
}

// mergedRoute is the leaf with whatever it leaves open filled in from the root;
// nil when a match of the leaf asks for less than every match of the root.
func mergedRoute(root, leaf *networking.HTTPRoute) *networking.HTTPRoute {
	matches, ok := mergedMatches(root.Match, leaf.Match)
	if !ok {
		return nil
	}
	name := joined(root.Name, leaf.Name)
	fill(leaf, root)
	leaf.Name, leaf.Match, leaf.Delegate = name, matches, nil
	return leaf
}

// fill sets every field that is not set in one message from the other.
func fill(into, from proto.Message) {
	target, source := into.ProtoReflect(), from.ProtoReflect()
	fields := source.Descriptor().Fields()
	for i := range fields.Len() {
		if f := fields.Get(i); source.Has(f) && !target.Has(f) {
			target.Set(f, source.Get(f))
		}
	}
}

func joined(root, leaf string) string {
	if root == "" || leaf == "" {
		return root + leaf
	}
	return root + "-" + leaf
}

func mergedMatches(root, leaf []*networking.HTTPMatchRequest) ([]*networking.HTTPMatchRequest, bool) {
	if len(root) == 0 {
		return leaf, true
	}
	if len(leaf) == 0 {
		return root, true
	}
	var out []*networking.HTTPMatchRequest
	for _, l := range leaf {
		before := len(out)
		for _, r := range root {
			if within(l, r) {
				out = append(out, mergedMatch(r, l))
			}
		}
		if len(out) == before {
			return nil, false
		}
	}
	return out, true
}

func mergedMatch(root, leaf *networking.HTTPMatchRequest) *networking.HTTPMatchRequest {
	out := proto.Clone(leaf).(*networking.HTTPMatchRequest)
	out.Name = joined(root.Name, leaf.Name)
	out.Headers = both(root.Headers, leaf.Headers)
	out.WithoutHeaders = both(root.WithoutHeaders, leaf.WithoutHeaders)
	out.QueryParams = both(root.QueryParams, leaf.QueryParams)
	out.SourceLabels = both(root.SourceLabels, leaf.SourceLabels)
	fill(out, root)
	return out
}

func both[T any](root, leaf map[string]T) map[string]T {
	out := map[string]T{}
	maps.Copy(out, root)
	maps.Copy(out, leaf)
	return out
}

// within reports whether the leaf asks for what the root does, or for more.
func within(leaf, root *networking.HTTPMatchRequest) bool {
	for key, value := range leaf.SourceLabels {
		if wanted, ok := root.SourceLabels[key]; ok && wanted != value {
			return false
		}
	}
	gatewaysFit := len(root.Gateways) == 0 || !slices.ContainsFunc(leaf.Gateways,
		func(g string) bool { return !slices.Contains(root.Gateways, g) })
	return textWithin(leaf.Uri, root.Uri) && textWithin(leaf.Scheme, root.Scheme) &&
		textWithin(leaf.Method, root.Method) && textWithin(leaf.Authority, root.Authority) &&
		textsWithin(leaf.Headers, root.Headers) && textsWithin(leaf.WithoutHeaders, root.WithoutHeaders) &&
		textsWithin(leaf.QueryParams, root.QueryParams) &&
		leaf.IgnoreUriCase == root.IgnoreUriCase &&
		(leaf.Port == 0 || root.Port == 0 || leaf.Port == root.Port) &&
		(root.SourceNamespace == "" || leaf.SourceNamespace == root.SourceNamespace) &&
		gatewaysFit
}

func textsWithin(leaf, root map[string]*networking.StringMatch) bool {
	for key, text := range leaf {
		if !textWithin(text, root[key]) {
			return false
		}
	}
	return true
}

// textWithin compares literals only: a regular expression on either side is a
// conflict, even with itself, as in Istio.
func textWithin(leaf, root *networking.StringMatch) bool {
	if leaf == nil || root == nil {
		return true
	}
	if prefix := root.GetPrefix(); prefix != "" {
		asked := leaf.GetPrefix() + leaf.GetExact() // one of them at most
		return asked != "" && strings.HasPrefix(asked, prefix)
	}
	return root.GetExact() != "" && leaf.GetExact() == root.GetExact()
}
