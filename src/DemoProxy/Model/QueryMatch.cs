namespace XdsCanary.DemoProxy.Model;

/// <summary>A condition on one parameter of the query string; of several with the name the first counts, percent-decoded.</summary>
/// <param name="Name">The parameter's name.</param>
/// <param name="Condition">What the value must fulfil; null to ask for the presence only.</param>
/// <param name="Present">Without a condition: whether the parameter must be present or absent.</param>
internal sealed record QueryMatch(string Name, TextMatch? Condition, bool Present = true)
{
    /// <summary>Tells whether a request fulfils the condition.</summary>
    /// <param name="request">The request.</param>
    public bool Matches(RequestFacts request)
    {
        var value = Find(request.PathAndQuery);
        return Condition is null ? value is not null == Present : value is not null && Condition.Matches(value);
    }

    private string? Find(string pathAndQuery)
    {
        var start = pathAndQuery.IndexOf('?', StringComparison.Ordinal);
        if (start < 0)
        {
            return null;
        }

        foreach (var part in pathAndQuery[(start + 1)..].Split('&'))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? part : part[..equals];
            if (Uri.UnescapeDataString(name) == Name)
            {
                return equals < 0 ? string.Empty : Uri.UnescapeDataString(part[(equals + 1)..]);
            }
        }

        return null;
    }
}
