namespace Models.Scoring;

/// <summary>A layer of a network: each output is its bias plus a weighted sum of all inputs.</summary>
/// <param name="Outputs">The number of outputs, 1 or more.</param>
/// <param name="Weights">Inputs times outputs weights: from input i to output o at <c>i * Outputs + o</c>.</param>
/// <param name="Bias">One bias per output.</param>
public sealed record DenseLayer(int Outputs, float[] Weights, float[] Bias)
{
    /// <summary>The number of inputs.</summary>
    public int Inputs => Weights.Length / Math.Max(1, Outputs);

    internal void Check(int layer, int inputs)
    {
        if (
            Outputs is < 1 or > Network.MaxWidth
            || Bias.Length != Outputs
            || Weights.Length != inputs * Outputs
            || Weights.Concat(Bias).Any(w => !float.IsFinite(w))
        )
        {
            throw new ArtefactException(
                $"Layer {layer} of the network takes {inputs} values: expected as many weights for each of 1 to "
                    + $"{Network.MaxWidth} outputs, and a bias each, all finite; "
                    + $"found {Outputs} outputs, {Weights.Length} weights, {Bias.Length} biases."
            );
        }
    }
}
