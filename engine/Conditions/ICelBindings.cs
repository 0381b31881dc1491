namespace Engine.Conditions;

/// <summary>Supplies the values of names during an evaluation. Implement it as a struct, which isn't boxed.</summary>
public interface ICelBindings
{
    /// <summary>Gets the value of the name with a slot (from <see cref="CelNames.Add"/>), or <see
    /// cref="CelValue.Absent"/> if it has none at the moment. Called only when the evaluation reaches the name, and
    /// possibly again if the name occurs twice.</summary>
    CelValue Get(int slot);
}
