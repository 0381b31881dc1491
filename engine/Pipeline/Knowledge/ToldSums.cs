using Engine.Pipeline.Standing;

namespace Engine.Pipeline.Knowledge;

/// <summary>Sums with their place in <c>standings</c>.</summary>
public readonly record struct ToldSums(int Partition, long Offset, WrittenSums Sums);
