namespace Engine.Workflows.Bindings.Codes;

/// <summary>One operation of a page: what the second client is asked for.</summary>
public sealed record Operation(string Type, IReadOnlyList<PromptField> Prompt);
