namespace XdsCanary.KubeRuntime.Api;

/// <summary>What a failed call to the API server comes to for the caller.</summary>
public enum KubeFault
{
    /// <summary>There is no such object, or no such resource (404).</summary>
    NotFound,

    /// <summary>The object is another one than the caller has seen (409).</summary>
    Conflict,

    /// <summary>What is asked for is too old to be told (410).</summary>
    Gone,

    /// <summary>The caller may not do this (401, 403): a person has to grant it.</summary>
    Forbidden,

    /// <summary>The API server refuses what it was sent (400, 405, 413, 415, 422).</summary>
    Invalid,

    /// <summary>No answer, or one that says to come again later (408, 429, 5xx).</summary>
    Unavailable,
}
