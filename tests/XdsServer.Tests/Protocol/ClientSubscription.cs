namespace XdsCanary.XdsServer.Tests.Protocol;

/// <summary>What a client wants and holds of one type, told by the protocol's text and not by the server's code.</summary>
internal sealed class ClientSubscription
{
    /// <summary>A request of the type was sent.</summary>
    public bool Asked { get; set; }

    /// <summary>The wildcard is due to a first request without names.</summary>
    public bool Legacy { get; set; }

    public bool Star { get; private set; }

    public SortedSet<string> Names { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, ReplyResource> Held { get; } = [];

    /// <summary>The nonce of the last response that the client got to.</summary>
    public string Nonce { get; set; } = string.Empty;

    public bool Wildcard => Legacy || Star;

    public bool Covers(string name) => Wildcard || Names.Contains(name);

    public string[] ToNames() => [.. Star || (Legacy && Names.Count > 0) ? ["*"] : Array.Empty<string>(), .. Names];

    /// <summary>Changes the set that the next state-of-the-world request carries.</summary>
    /// <returns>False when no request follows: without names it would mean something else.</returns>
    public bool ApplySotw(string[] subscribe, string[] unsubscribe)
    {
        var star = (Star || subscribe.Contains("*")) && !unsubscribe.Contains("*");
        var names = Names.Except(unsubscribe).Union(subscribe).Where(name => name != "*").ToArray();
        if (Legacy && !star && names.Length == 0)
        {
            return false;
        }

        (Legacy, Star) = (false, star);
        SetNames(names);
        Forget(name => !Covers(name));
        return true;
    }

    /// <summary>Changes the set by a delta request's lists.</summary>
    /// <param name="forget">The client has dropped what it subscribes to, though it held it.</param>
    public void ApplyDelta(string[] subscribe, string[] unsubscribe, bool first, bool forget)
    {
        var givenUp = unsubscribe.Where(name => Names.Contains(name) && !subscribe.Contains(name)).ToArray();
        if (unsubscribe.Contains("*"))
        {
            (Legacy, Star) = (false, subscribe.Contains("*") && !first);
        }
        else
        {
            Star |= subscribe.Contains("*");
        }

        SetNames(Names.Except(unsubscribe).Union(subscribe).Where(name => name != "*").ToArray());
        Forget(name => !Covers(name) || givenUp.Contains(name) || (forget && subscribe.Contains(name)));
    }

    /// <summary>Takes a response in; of a rejected one only the removals (R-3.3: clients apply what they can).</summary>
    public void Apply(Reply reply, bool replacesAll, bool reject)
    {
        foreach (var name in reply.Removed)
        {
            Held.Remove(name);
        }

        if (replacesAll)
        {
            Forget(name => reply.Resources.All(resource => resource.Name != name));
        }

        if (reject)
        {
            return;
        }

        foreach (var resource in reply.Resources.Where(resource => Covers(resource.Name)))
        {
            Held[resource.Name] = resource;
        }
    }

    private void SetNames(string[] names)
    {
        Names.Clear();
        Names.UnionWith(names);
    }

    private void Forget(Func<string, bool> condition)
    {
        foreach (var name in Held.Keys.Where(condition).ToArray())
        {
            Held.Remove(name);
        }
    }
}
