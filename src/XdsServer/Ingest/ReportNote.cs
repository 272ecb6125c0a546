namespace XdsCanary.XdsServer.Ingest;

/// <summary>One thing found out about an object while objects are put together; with a place it is a fault, without one a notice.</summary>
/// <param name="Type">The type of the condition that it belongs to.</param>
/// <param name="Reason">The reason.</param>
/// <param name="Message">What, a sentence without full stop.</param>
/// <param name="Place">The field that it is about.</param>
/// <param name="Fix">What to do about it.</param>
internal sealed record ReportNote(string Type, string Reason, string Message, PlacedText? Place, string Fix);
