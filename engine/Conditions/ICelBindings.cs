namespace Engine.Conditions;

/// <summary>
/// Where a condition's values come from while it is evaluated. Best a struct: evaluation calls it without boxing.
/// </summary>
public interface ICelBindings
{
    /// <summary>The value of the name with this slot (<see cref="CelNames.Add"/> gave it), or
    /// <see cref="CelValue.Absent"/> where it has none right now. Asked for only when the evaluation comes to the name;
    /// a name written twice may be asked for twice.</summary>
    CelValue Get(int slot);
}
