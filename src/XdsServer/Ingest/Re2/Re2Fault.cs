namespace XdsCanary.XdsServer.Ingest.Re2;

/// <summary>Why RE2 does not take a regular expression.</summary>
/// <param name="Message">What is wrong, to be put behind the field's name, without full stop.</param>
/// <param name="Fix">What to write instead, without full stop.</param>
internal sealed record Re2Fault(string Message, string Fix);
