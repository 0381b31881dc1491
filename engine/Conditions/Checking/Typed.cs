using Engine.Conditions.Evaluation;

namespace Engine.Conditions.Checking;

/// <summary>A compiled node with its static type.</summary>
internal readonly record struct Typed(Node Node, StaticType Type)
{
    public bool IsConstant => Node is Constant;
}
