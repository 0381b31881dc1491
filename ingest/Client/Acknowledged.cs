namespace Engine.Client;

/// <summary>The place of an acknowledged record.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Partition">The partition, from 0.</param>
/// <param name="Offset">The record's offset in its partition, from 0.</param>
public readonly record struct Acknowledged(string Topic, int Partition, long Offset);
