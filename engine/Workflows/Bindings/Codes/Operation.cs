namespace Engine.Workflows.Bindings.Codes;

/// <summary>One operation of a page, with the prompt for the second client.</summary>
public sealed record Operation(string Type, IReadOnlyList<PromptField> Prompt);
