using Fuzz.Tests.Inputs;

namespace Fuzz.Tests.Running;

/// <summary>A decoder with the inputs it is given and the properties it must keep. Called by one thread:
/// <see cref="Make"/>, then <see cref="Accepts"/>, for each input.</summary>
internal abstract class FuzzTarget : IDisposable
{
    public abstract string Name { get; }

    /// <summary>Its part of all inputs, relative to the others': more for what strangers send.</summary>
    public virtual int Share => 4;

    /// <summary>Inputs that must be accepted, of which the others are made.</summary>
    public abstract IReadOnlyList<byte[]> Valid { get; }

    /// <summary>Tokens of its language.</summary>
    protected virtual IEnumerable<string> Tokens => [];

    /// <summary>Tries an input: whether the decoder accepts it. Any exception is a fault of the decoder, or a
    /// <see cref="BrokenPropertyException"/>.</summary>
    public abstract bool Accepts(ReadOnlySpan<byte> input);

    private Mutation? _mutation;

    /// <summary>Makes an input: by default a valid one, mutated.</summary>
    public virtual void Make(Dice dice, InputBuffer into)
    {
        Shape(dice, into);
        if (!dice.OneIn(4))
        {
            Mutate(dice, into);
        }
    }

    /// <summary>Makes an input that is well-formed, at least in its outline.</summary>
    protected virtual void Shape(Dice dice, InputBuffer into) => into.Add(dice.Pick(Valid));

    protected void Mutate(Dice dice, InputBuffer into) => (_mutation ??= new Mutation(Tokens, Valid)).Apply(dice, into);

    /// <summary>Reports a broken property unless it holds.</summary>
    protected static void Holds(bool condition, string property)
    {
        if (!condition)
        {
            throw new BrokenPropertyException(property);
        }
    }

    public virtual void Dispose() => GC.SuppressFinalize(this);
}

/// <summary>A decoder didn't keep a property.</summary>
internal sealed class BrokenPropertyException(string property) : Exception(property);
