namespace XdsCanary.XdsServer.Model;

/// <summary>The values of <see cref="ObjectCondition.Reason"/>; also the reasons of the Events about it.</summary>
internal static class ConditionReasons
{
    /// <summary>All is well.</summary>
    public const string Accepted = "Accepted";

    /// <summary>A field is missing, unknown or has a value that cannot be used.</summary>
    public const string InvalidObject = "InvalidObject";

    /// <summary>The kind is not one of its API group.</summary>
    public const string UnknownKind = "UnknownKind";

    /// <summary>A weight is negative or cannot be read.</summary>
    public const string InvalidWeight = "InvalidWeight";

    /// <summary>No backend with a weight above 0 is left, so requests are refused.</summary>
    public const string ZeroTotalWeight = "ZeroTotalWeight";

    /// <summary>The service that a split is for does not exist; the split waits for it.</summary>
    public const string RootNotFound = "RootNotFound";

    /// <summary>A backend service does not exist; the others share its part.</summary>
    public const string BackendNotFound = "BackendNotFound";

    /// <summary>A backend lacks a port number of the root; it gets nothing of that port.</summary>
    public const string BackendPortMismatch = "BackendPortMismatch";

    /// <summary>A backend is listed more than once; its weights are added.</summary>
    public const string DuplicateBackend = "DuplicateBackend";

    /// <summary>Another split takes the same requests of the same root.</summary>
    public const string SplitConflict = "SplitConflict";

    /// <summary>A route group that a split refers to does not exist; the split takes no request.</summary>
    public const string MatchNotFound = "MatchNotFound";

    /// <summary>A route group has no matches; a split that refers to it takes no request for it.</summary>
    public const string EmptyRouteGroup = "EmptyRouteGroup";

    /// <summary>A split refers to a kind of match other than a route group; the split takes no request.</summary>
    public const string UnsupportedMatch = "UnsupportedMatch";

    /// <summary>A regular expression is not valid in RE2, the engine that proxies use.</summary>
    public const string InvalidRegex = "InvalidRegex";

    /// <summary>A service of another namespace is named where only the own namespace is allowed.</summary>
    public const string CrossNamespace = "CrossNamespace";

    /// <summary>A backend is the root of another split, which is not applied a second time.</summary>
    public const string NestedSplit = "NestedSplit";

    /// <summary>The root of a split has no port on which requests can be told apart.</summary>
    public const string NoHttpPort = "NoHttpPort";

    /// <summary>The owner asked by annotation that splits leave the service alone.</summary>
    public const string Skipped = "Skipped";

    /// <summary>A split asks to mirror to a backend that has a weight, and so gets requests of its own.</summary>
    public const string MirrorIdle = "MirrorIdle";

    /// <summary>A host name is claimed by several services; one of them has it.</summary>
    public const string DuplicateDomain = "DuplicateDomain";

    /// <summary>Endpoints belong to a service that does not exist.</summary>
    public const string ServiceNotFound = "ServiceNotFound";

    /// <summary>Endpoints name a port that their service does not have.</summary>
    public const string PortNameMismatch = "PortNameMismatch";

    /// <summary>Endpoints are of an address type that is not supported.</summary>
    public const string UnsupportedAddressType = "UnsupportedAddressType";
}
