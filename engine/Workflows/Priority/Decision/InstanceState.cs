namespace Engine.Workflows.Priority.Decision;

/// <summary>What an instance is doing.</summary>
public enum InstanceState
{
    Waiting,
    Taken,
    Finished,
}
