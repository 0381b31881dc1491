namespace Engine.Workflows.Priority.Decision;

/// <summary>The state of an instance.</summary>
public enum InstanceState
{
    Waiting,
    Taken,
    Finished,
}
